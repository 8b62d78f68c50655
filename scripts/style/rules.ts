import { linesMatching, type Rule, within } from "./rule";

const maxLines = 250;
/** The rules and their tests must write down what they forbid. */
const aboutRules = ["scripts/style/", "test/setup/style.test.ts"];
/** Programs whose job is to talk to a person or to read their environment. */
const programs = ["scripts/", "demo/", "bench/", "harness/", "test/", "sandbox/main.ts"];

/** Tests that hand over what the types forbid, or a part of something large. */
const acceptedCasts = { "test/sandbox/faults.test.ts": 2, "test/wire/listing.test.ts": 1 };

/** The text without comments, line breaks kept: a rule about code must not fire on prose. */
export function withoutComments(text: string): string {
  const blank = (found: string) => found.replace(/[^\n]/g, " ");
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(^|\s)\/\/.*$/gm, blank);
}

function pattern(name: string, expression: RegExp, outside: readonly string[]): Rule {
  return {
    name,
    find: ({ path, text }) => (within(path, [...aboutRules, ...outside]) ? [] : linesMatching(withoutComments(text), expression)),
  };
}

/** Names of exchanges belong to the folder of that exchange, and to what tells a story about it. */
function exchangeNames(ids: readonly string[]): Rule {
  const home = (id: string) => [`providers/src/exchanges/${id}/`, `sandbox/exchanges/${id}/`];
  const lists = ["providers/src/exchanges/registry.generated.ts"];
  const stories = ["test/", "demo/", "bench/"];
  return {
    name: "no exchange name outside its own folders",
    find: ({ path, text }) => {
      if (within(path, [...lists, ...stories])) return [];
      // An exchange of a family, whose id begins with another's, cannot be told without that name.
      const mine = ids.filter((id) => within(path, home(id)));
      const others = ids.filter((id) => !mine.some((own) => own.startsWith(id)));
      return linesNaming(others, withoutComments(text));
    },
  };
}

function contractNames(ids: readonly string[]): Rule {
  return {
    name: "no exchange name in the contract suite",
    find: (source) => (source.path.startsWith("test/exchanges/contract") ? linesNaming(ids, source.text) : []),
  };
}

function linesNaming(ids: readonly string[], text: string): number[] {
  return ids.flatMap((id) => {
    const title = id.charAt(0).toUpperCase() + id.slice(1);
    return linesMatching(text, new RegExp(`(?:(?<![A-Za-z])${id}|${title}|(?<![A-Z])${id.toUpperCase()})(?![a-z])`, "g"));
  });
}

/** The pure part may use libraries, and types of ours (they are gone at run time), but no I/O, clock or chance. */
function pureCore(): Rule {
  const ours = /^(?:import|export) (?!type\b)[^;]*? from "\.\.\//gm;
  const impure = /from "node:(?!crypto|util|net)|\bDate\.now\(|new Date\(\)|Math\.random\(/g;
  return {
    name: "core reaches nothing outside core",
    find: ({ path, text }) => {
      const code = withoutComments(text);
      return path.startsWith("providers/src/core/") ? [...linesMatching(code, ours), ...linesMatching(code, impure)] : [];
    },
  };
}

function sandboxApart(): Rule {
  return {
    name: "sandbox and provider know nothing of each other",
    find: ({ path, text }) => {
      if (path.startsWith("sandbox/")) return linesMatching(text, /from "(?:[./]*\/providers\/|pulumi-exchange-keys)/g);
      return path.startsWith("providers/") ? linesMatching(text, /from "[./]*\/sandbox\//g) : [];
    },
  };
}

/** All rules, for the exchanges there are. */
export function houseRules(ids: readonly string[]): readonly Rule[] {
  return [
    { ...pattern("no cast through any, unknown or never", /\bas (?:any\b|unknown as\b|never\b)/g, []), accepted: acceptedCasts },
    pattern("console only in programs", /\bconsole\./g, [...programs, "providers/src/cli/"]),
    pattern("process.env only where it is read once", /\bprocess\.env\b/g, [
      ...programs,
      "providers/src/runtime/",
      "providers/src/credentials/",
      "providers/src/client/",
      "providers/src/client/",
      "providers/src/cli/",
    ]),
    pattern("fetch only in wire", /(?<![.\w])fetch\(/g, [...programs, "providers/src/wire/", "sandbox/control-client.ts"]),
    exchangeNames(ids),
    contractNames(ids),
    pureCore(),
    sandboxApart(),
    pattern(
      "no empty catch",
      /catch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\([^)]*\)\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)/g,
      [],
    ),
    { name: `files of at most ${maxLines} lines`, find: ({ text }) => (text.trimEnd().split("\n").length > maxLines ? [0] : []) },
    {
      name: "no file named utils, helper or manager",
      find: ({ path }) => (/(?:util|helper|manager)s?[^/]*$/i.test(path) ? [0] : []),
    },
    unnumberedTodos(),
  ];
}

/**
 * Where a package is not installed, `npx` fetches and runs whatever package has the program's name, and anybody may publish one. So people are
 * shown `npx --no-install`, or an npm script, and in a block of commands never the bare program, which they would put `npx` before.
 */
export function documentRules(): readonly Rule[] {
  const careless = /\bnpx\b(?!\*\*|`)(?! --no-install\b)/g;
  const bare = /^(?![^\n]*--no-install)[^\n`|]*(?:^|\||&&|;) *exchange-keys (?:adopt|exchanges|journal|preflight)\b/gm;
  return [
    {
      name: "npx with --no-install only",
      find: ({ path, text }) => (within(path, [...aboutRules, "package-lock.json"]) ? [] : linesMatching(text, careless)),
    },
    {
      name: "no bare exchange-keys in commands",
      find: ({ path, text }) => (path.endsWith(".md") ? fenced(text).flatMap((block) => linesAt(block, bare)) : []),
    },
  ];
}

interface Block {
  /** Number of its first line. */
  readonly line: number;
  readonly text: string;
}

function fenced(text: string): readonly Block[] {
  return [...text.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```/gm)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length + 1,
    text: match[1] ?? "",
  }));
}

function linesAt({ line, text }: Block, expression: RegExp): readonly number[] {
  return linesMatching(text, expression).map((found) => line + found - 1);
}

function unnumberedTodos(): Rule {
  const unnumbered = /\b(?:TODO|FIXME|XXX)\b(?! ?\(#\d+\))/g;
  return {
    name: "no TODO without an issue number",
    find: ({ path, text }) => (within(path, aboutRules) ? [] : linesMatching(text, unnumbered)),
  };
}
