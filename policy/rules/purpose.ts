import { UNKNOWN } from "../preview";
import { keyPolicy } from "../rule";

/** Words that say that nobody has said anything. */
const PLACEHOLDER = /^(?:todo|tbd|test|none|n\/?a|unknown|misc|other|default|[-?.x]*)$/i;

interface Config {
  readonly allowed: readonly string[];
}

const defaults: Config = { allowed: [] };

/** Whoever has to decide at night whether a key may die needs to know what it is for. */
export const purposeRequired = keyPolicy({
  name: "purpose-required",
  displayName: "Keys say what they are for",
  description: "Each key declares a purpose; one of `allowed`, where that is configured.",
  severity: "medium",
  remediation: "Declare purpose in the desk's words, such as market-making",
  configSchema: {
    allowed: { type: "array", items: { type: "string" }, default: [], description: "The desk's purposes; none allows any." },
  },
  defaults,
  judge: ({ purpose }, { allowed }) => {
    if (purpose === UNKNOWN) return [];
    if (purpose === undefined || PLACEHOLDER.test(purpose.trim())) return ["does not say what it is for"];
    if (allowed.length === 0 || allowed.includes(purpose)) return [];
    return [`is for "${purpose}", which is none of ${allowed.join(", ")}`];
  },
});
