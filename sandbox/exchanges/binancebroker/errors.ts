/** One exchange, one list of refusals. */
export { notFound, refuse } from "../binance/errors";
