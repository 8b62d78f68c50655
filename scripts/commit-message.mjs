// What a commit message has to be: the hook that set-up installs asks here, and so does CI. It needs nothing but Node and git.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const LONGEST = 72;
const TYPES = ["feat", "fix", "docs", "test", "refactor", "perf", "build", "ci", "chore", "revert"];
const FORM = new RegExp(`^(${TYPES.join("|")})\\(([a-z0-9-]+)\\): (\\S.*)$`);
/** Git writes these itself, for a merge, or for commits that are to be squashed. */
const BY_GIT = /^(Merge |Revert "|(fixup|squash|amend)! )/;
/** Verbs that look like another form of a verb. */
const ORDERS = new Set(
  "need feed seed speed embed shed shred proceed exceed succeed bring ping ring sing string focus alias bias".split(" "),
);

/** The first line of a message that is not a comment. */
function subjectOf(message) {
  return message.split("\n").find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "";
}

/** Everything that is wrong with a message, at once. */
export function problemsOf(message) {
  const subject = subjectOf(message).trimEnd();
  const problems = subject.length > LONGEST ? [`it has ${subject.length} characters, and at most ${LONGEST} are allowed`] : [];
  const what = FORM.exec(subject)?.[3];
  if (what === undefined) return [...problems, `it is not "type(scope): what", with one of these types: ${TYPES.join(", ")}`];
  const [verb] = what.split(/[\s,]/);
  if (/^[A-Z][a-z]/.test(what)) problems.push("what follows the colon begins with a small letter");
  if (what.endsWith(".")) problems.push("it ends with a full stop");
  if (!ORDERS.has(verb) && /(ed|ing|[^s]s)$/.test(verb))
    problems.push(`"${verb}" is no order: write what the commit does, as in "add"`);
  return problems;
}

function refuse(name, message) {
  const problems = problemsOf(message);
  if (problems.length === 0) return false;
  console.error([`${name}: ${subjectOf(message)}`, ...problems.map((problem) => `  - ${problem}`)].join("\n"));
  return true;
}

/** What the hook does with the file that git names. */
function checkFile(path) {
  const message = readFileSync(path, "utf8");
  if (BY_GIT.test(subjectOf(message)) || !refuse("commit message", message)) return 0;
  console.error('For example "fix(seal): refuse a document of another key". CONTRIBUTING.md says more.');
  return 1;
}

function git(...args) {
  return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function isKnown(commit) {
  try {
    git("cat-file", "-e", `${commit}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

/** The commits of `head` that `base` does not have: never those that are on main already. Merges are git's own. */
function checkBranch(base, head) {
  if (!isKnown(base) || !isKnown(head)) {
    console.log("the history is not at hand: no commit was checked");
    return 0;
  }
  const commits = git("rev-list", "--no-merges", head, `^${base}`).split("\n").filter(Boolean);
  const byPeople = commits.filter((commit) => git("log", "-1", "--format=%an", commit).trim() !== "dependabot[bot]");
  const refused = byPeople.filter((commit) => refuse(commit.slice(0, 9), git("log", "-1", "--format=%B", commit)));
  console.log(`${byPeople.length} commits checked, ${refused.length} refused`);
  return refused.length === 0 ? 0 : 1;
}

/** `commit-message.mjs FILE` for the hook, `commit-message.mjs --since BASE [HEAD]` for CI. */
function main([first, base, head = "HEAD"]) {
  if (first === "--since" && base !== undefined) return checkBranch(base, head);
  if (first !== undefined && base === undefined) return checkFile(first);
  console.error("usage: commit-message.mjs FILE | --since BASE [HEAD]");
  return 2;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = main(process.argv.slice(2));
