import { createHmac } from "node:crypto";
import type { Signature } from "../../golden";

/** OKX V5 docs, REST authentication: timestamp + METHOD + path with query + body, HMAC-SHA256, base64. */
export const signature: Signature = ({ method, path, query, body }, { apiKey, secret, passphrase }, now) => {
  const timestamp = new Date(now).toISOString();
  const text = `${timestamp}${method}${path}${query === "" ? "" : `?${query}`}${body}`;
  return {
    "ok-access-key": apiKey,
    "ok-access-passphrase": passphrase,
    "ok-access-timestamp": timestamp,
    "ok-access-sign": createHmac("sha256", secret).update(text).digest("base64"),
  };
};
