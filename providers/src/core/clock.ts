/** Where "now" comes from. Only the environment `sandbox` has one that can be moved. */
export interface Clock {
  now(): Date;
}
