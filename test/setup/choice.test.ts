import assert from "node:assert/strict";
import { type Candidate, judge } from "../../scripts/setup/choice";
import { goProblem, wantedGo } from "../../scripts/setup/go-build";
import { compareVersions, parseVersion, pinned } from "../../scripts/setup/versions";

describe("which Pulumi is used", () => {
  const works: Candidate = { place: "PATH", version: "v3.245.0", languageHost: "works" };
  const cases: [name: string, found: Partial<Candidate>, why: RegExp | undefined, exactly?: string][] = [
    ["new enough", {}, undefined],
    ["the oldest allowed", { version: "v3.226.0" }, undefined],
    ["one patch too old", { version: "v3.225.9" }, /PATH: pulumi 3\.225\.9 is older than 3\.226\.0/],
    ["compared as numbers, not as text", { version: "v3.99.0" }, /older/],
    ["a development build", { version: "v3.250.0-alpha.1760000000\n" }, undefined],
    ["the next major version", { version: "v4.0.0" }, /is not a 3\.x/],
    ["no program", { version: undefined, languageHost: "missing" }, /no pulumi that answers/],
    ["no version in the answer", { version: "pulumi\n" }, /no version that can be read/],
    ["an empty version", { version: "\n" }, /no version that can be read/],
    ["no language host", { languageHost: "missing" }, /no pulumi-language-nodejs/],
    ["a language host that does not start", { languageHost: "broken" }, /does not start/],
    ["the pinned one", {}, undefined, "3.245.0"],
    ["newer than the pinned one", { version: "v3.246.0" }, /is not 3\.245\.0/, "3.245.0"],
  ];
  for (const [name, found, why, exactly] of cases) {
    it(`${name}: ${why === undefined ? "used" : "not used"}`, () => {
      const verdict = judge({ ...works, ...found }, { minimum: "3.226.0", ...(exactly === undefined ? {} : { exactly }) });
      assert.equal(verdict.use, why === undefined);
      if (!verdict.use && why !== undefined) assert.match(verdict.why, why);
    });
  }

  it("pins a version that it would itself use", () => {
    assert.ok(judge({ ...works, version: pinned.pulumi }, { minimum: pinned.minimum, exactly: pinned.pulumi }).use);
  });
});

describe("versions", () => {
  it("are read strictly", () => {
    assert.deepEqual(parseVersion("v3.245.0\n"), [3, 245, 0]);
    for (const text of ["", "3", "3.2", "3.2.1.0", "go1.2.3", "x3.2.1"]) assert.equal(parseVersion(text), undefined, text);
  });

  it("compare part by part", () => {
    assert.ok(compareVersions([3, 9, 9], [3, 10, 0]) < 0);
    assert.ok(compareVersions([4, 0, 0], [3, 999, 0]) > 0);
    assert.equal(compareVersions([1, 2, 3], [1, 2, 3]), 0);
  });
});

describe("the Go that builds Pulumi", () => {
  it("is the one its go.mod asks for", () => {
    assert.equal(wantedGo("module x\n\ngo 1.25.8\n\nrequire y v1.0.0\n"), "1.25.8");
    assert.throws(() => wantedGo("module x\n"), /names no Go version/);
  });

  it("is named when it is missing, too old or strange, with what to install", () => {
    assert.equal(goProblem("go version go1.25.8 linux/amd64", "1.25.8"), undefined);
    assert.equal(goProblem("go version go1.26 linux/amd64", "1.25.8"), undefined);
    assert.match(
      goProblem(undefined, "1.25.8") ?? "",
      /^go is missing: install Go 1\.25\.8 or later .* or Pulumi 3\.226\.0 or later/,
    );
    assert.match(goProblem("go version go1.22.1 linux/amd64", "1.25.8") ?? "", /^go 1\.22\.1 is too old: install Go/);
    assert.match(goProblem("nonsense", "1.25.8") ?? "", /no version that can be read: install Go/);
  });
});
