import { registryPath, renderRegistry } from "./generated/registry";
import { root } from "./setup/paths";

/** A file that is written by a program. Everything in it comes from code, so nobody edits it by hand. */
export interface Generator {
  /** Relative to the checkout. */
  readonly path: string;
  /** The complete text, the same for the same code. */
  render(): Promise<string> | string;
}

/** Every generated file of this repository. `npm run check` fails when one is out of date. */
export const generators: readonly Generator[] = [{ path: registryPath, render: () => renderRegistry(root) }];
