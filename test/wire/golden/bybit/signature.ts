import { createHmac } from "node:crypto";
import type { Signature } from "../../golden";

/** bybit-exchange/docs docs/v5/guide: timestamp + key + recvWindow + (query | body), HMAC-SHA256, lower-case hex. */
export const signature: Signature = ({ method, query, body }, { apiKey, secret }, now) => {
  const text = `${now}${apiKey}5000${method === "GET" ? query : body}`;
  return {
    "x-bapi-api-key": apiKey,
    "x-bapi-timestamp": String(now),
    "x-bapi-recv-window": "5000",
    "x-bapi-sign": createHmac("sha256", secret).update(text).digest("hex"),
  };
};
