import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { withoutStamp } from "../../providers/src/seal/stamp";

/** What an edit is made with: the document as it was published, and what a stranger knows. */
export interface Victim {
  readonly document: SealedDocument;
  /** Public id of somebody else's key, on the same account. */
  readonly foreignKey: string;
  /** Another local file, which is no key file. */
  readonly foreignFile: string;
  /** A KMS key of somebody else's account. */
  readonly foreignKms: string;
  /** A genuine document of another key. */
  readonly othersText: string;
  /** What was published here at first. */
  readonly firstText: string;
}

type Edit = (victim: Victim) => string;

const FAR = "2099-01-01T00:00:00.000Z";
const LONG_AGO = "2020-01-01T00:00:00.000Z";
const TOO_LONG = 70_000;

/** What a writer of documents may do to one, by name. None of them can make a stamp. */
export const TAMPERINGS = {
  planted: ({ document, foreignKey }) => text(withPlanted(document, { apiKey: foreignKey })),
  twin: ({ document, foreignKey }) => text(withPlanted(document, { apiKey: foreignKey, state: "pending" })),
  kms: ({ document, foreignKey, foreignKms }) => text(withPlanted(document, { apiKey: foreignKey, key: foreignKms })),
  file: ({ document, foreignKey, foreignFile }) => text(withPlanted(document, { apiKey: foreignKey, key: foreignFile })),
  previous: ({ document }) => text(withEach(document, { state: "previous", retireAfter: FAR })),
  ended: ({ document }) => text(withEach(document, { state: "previous", retireAfter: LONG_AGO })),
  pending: ({ document }) => text(withEach(document, { state: "pending" })),
  holder: ({ document }) => text({ ...document, holder: "AAAAAAAAAAAA", heldBefore: [document.holder] }),
  serial: ({ document }) => text({ ...document, lastSerial: 9999, seq: 9999 }),
  double: ({ document }) => text({ ...document, versions: [...document.versions, ...document.versions] }),
  unstamped: ({ document }) => text(withEach(withoutStamp(document), { issuedAt: LONG_AGO })),
  garbage: () => "not JSON {",
  huge: ({ document }) => `${text(document)}${" ".repeat(TOO_LONG)}`,
  rollback: ({ firstText }) => firstText,
  newer: ({ document }) => text(document).replace("exchange-keys/1", "exchange-keys/2"),
  swapped: ({ othersText }) => othersText,
} satisfies Readonly<Record<string, Edit>>;

export type Tampering = keyof typeof TAMPERINGS;
export const ALL_TAMPERINGS = Object.keys(TAMPERINGS) as readonly Tampering[];

/** After these an ordinary run is refused: a newer release, or another key's deployer, wrote what lies there. */
export const REFUSED: readonly Tampering[] = ["newer", "swapped"];

/** The stamp stays, and is wrong now. */
function text(document: SealedDocument): string {
  return writeDocument(document);
}

function withEach(document: SealedDocument, change: Partial<SealedVersion>): SealedDocument {
  return { ...document, versions: document.versions.map((version) => ({ ...version, ...change })) };
}

/** A version beyond those that there are, which names what its writer likes. */
function withPlanted(document: SealedDocument, change: Partial<SealedVersion>): SealedDocument {
  const [first] = document.versions;
  if (first === undefined) throw new Error("the document has no version");
  const serial = document.lastSerial + 1;
  const planted: SealedVersion = {
    ...first,
    serial,
    state: "previous",
    retireAfter: LONG_AGO,
    passphrase: first.passphrase ?? first.ciphertext,
    ...change,
  };
  return { ...document, lastSerial: serial, versions: [...document.versions, planted] };
}
