/** The broker family is one more area of the same exchange: the same proof, quotas and envelope, over keys of its own. */
import type { Endpoint as EndpointOf, Request as RequestOf } from "../binance/guard";
import type { BrokerKey } from "./state";

export { guard, openRoute, required, whole } from "../binance/guard";
export type Request = RequestOf<BrokerKey>;
export type Endpoint = EndpointOf<BrokerKey>;
