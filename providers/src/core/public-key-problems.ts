import type { Descriptor } from "../exchanges/descriptor";
import { UNKNOWN } from "./inputs";
import { readPublicKey } from "./public-key";
import type { Problem } from "./shape";

const property = "publicKey";

/** What is wrong with a declared public key at one exchange. An unknown one has no problem yet. */
export function publicKeyProblems(
  declared: unknown,
  descriptor: Descriptor,
  descriptors: readonly Descriptor[],
): readonly Problem[] {
  if (declared === undefined || declared === UNKNOWN || typeof declared !== "string") return [];
  const key = readPublicKey(declared);
  const form = "problem" in key ? [key.problem] : [];
  const taken = descriptor.publicKeys?.value.map(({ algorithm }) => algorithm);
  if (taken === undefined) {
    const others = descriptors.filter(({ publicKeys }) => publicKeys !== undefined).map(({ title }) => title);
    const where = others.length === 0 ? "at no exchange" : `at ${others.join(", ")} only`;
    return [...form, `cannot be used for keys of ${descriptor.title}: public keys are registered ${where}`].map(toProblem);
  }
  if ("problem" in key || taken.includes(key.algorithm)) return form.map(toProblem);
  return [toProblem(`is ${key.algorithm}, and ${descriptor.title} takes ${taken.join(", ")}`)];
}

function toProblem(reason: string): Problem {
  return { property, reason };
}

/** The inputs with their public key in canonical form, so that another way to write the same key is no change. */
export function withCanonicalKey<T extends Readonly<Record<string, unknown>>>(inputs: T): T {
  if (typeof inputs.publicKey !== "string" || inputs.publicKey === UNKNOWN) return inputs;
  const key = readPublicKey(inputs.publicKey);
  return "problem" in key ? inputs : { ...inputs, publicKey: key.pem };
}
