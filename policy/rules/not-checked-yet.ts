import { unknownOf } from "../key";
import { keyPolicy } from "../rule";

/** Rules let through what a preview cannot know: whoever reads the preview has to see that this was not judged. */
export const notCheckedYet = keyPolicy({
  name: "not-checked-yet",
  displayName: "What this preview does not know",
  description: "Names the properties of keys that a preview does not know, and that no rule has judged yet.",
  severity: "medium",
  enforcementLevel: "advisory",
  remediation: "The up judges them when they are known, before it makes or changes the key",
  defaults: {},
  judge: (key) => {
    const unknown = unknownOf(key);
    return unknown.length === 0 ? [] : [`not checked yet, because this preview does not know: ${unknown.join(", ")}`];
  },
});
