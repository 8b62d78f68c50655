/** An exchange says no, in its own words. Turned into its envelope by that exchange. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The control port says no: 400 for an order that makes no sense, 404 for something that is not there. */
export class ControlRefusal extends Error {
  override readonly name = "ControlRefusal";

  constructor(
    readonly status: 400 | 404,
    message: string,
  ) {
    super(message);
  }
}
