/** Signed as every call to this exchange is. */
export { illegal } from "../binance/signature";
