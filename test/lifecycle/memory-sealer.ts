import { KeyError } from "../../providers/src/core/errors";
import type { Sealer } from "../../providers/src/seal/sealer";

interface Rules {
  point<T>(name: string, act: () => T): Promise<T>;
  /** Called at each opening. @returns whether it is allowed */
  onOpen(): boolean;
}

/** Seals in memory: readable by everybody, and bound to its context as the real ones are. */
export function memorySealer(reference: string, { point, onOpen }: Rules): Sealer {
  const tag = (context: object): string => JSON.stringify(context);
  return {
    reference,
    seal: (plaintext, context) =>
      point("seal", () =>
        Buffer.from(JSON.stringify([tag(context), Buffer.from(plaintext).toString("base64")])).toString("base64"),
      ),
    open: async (ciphertext, context) => {
      if (!onOpen())
        throw new KeyError({ kind: "OpenFailed", message: "AWS KMS refused to open", code: "AccessDeniedException" });
      const [sealedTag, text] = readSealed(ciphertext);
      if (sealedTag !== tag(context)) throw new KeyError({ kind: "WrongContext", message: "another context" });
      return Buffer.from(text, "base64");
    },
  };
}

/** @throws KeyError `OpenFailed` for what no sealer of ours made */
function readSealed(ciphertext: string): readonly [tag: string, text: string] {
  try {
    return JSON.parse(Buffer.from(ciphertext, "base64").toString()) as [string, string];
  } catch {
    throw new KeyError({ kind: "OpenFailed", message: "the sealer refused to open" });
  }
}
