// What stands in the way of a release. The release workflow asks before it publishes. It needs nothing but Node and git.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that stands in the way of releasing `tag`, at once. `isOnMain` tells whether main has the tagged commit. */
export function releaseProblems({ tag, manifest, changelog, isOnMain }) {
  const problems = [];
  const { version, repository } = manifest;
  if (tag !== `v${version}`) problems.push(`the tag is ${tag}, and the package's version is ${version}`);
  if (!new RegExp(`^## ${version.replaceAll(".", "\\.")}\\b`, "m").test(changelog)) {
    problems.push(`CHANGELOG.md has no heading "## ${version}"`);
  }
  if (repository.url.includes("/OWNER/"))
    problems.push("providers/package.json still names OWNER where the repository's owner belongs");
  if (!isOnMain) problems.push("the tagged commit is not on main");
  return problems;
}

function onMain() {
  const branches = execFileSync("git", ["branch", "--remotes", "--contains", "HEAD"], { cwd: root, encoding: "utf8" });
  return branches.split("\n").some((line) => line.trim() === "origin/main");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const read = (path) => readFileSync(join(root, path), "utf8");
  const manifest = JSON.parse(read("providers/package.json"));
  const problems = releaseProblems({ tag: process.argv[2], manifest, changelog: read("CHANGELOG.md"), isOnMain: onMain() });
  for (const problem of problems) console.error(`no release: ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
