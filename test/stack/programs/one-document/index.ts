/** The keys of the configuration, as the CLI runs them. */
import { declareKeys } from "./keys";

export const documents = declareKeys();
