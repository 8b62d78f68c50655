import assert from "node:assert/strict";
import { effectiveScopes } from "../../providers/src/core/scopes";
import { OPERATIONS, SCOPES } from "../../providers/src/core/words";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { run } from "./terminal";

interface FoundFact {
  readonly path: string;
  readonly source: string;
  readonly note?: string;
}

/** Every fact and every reasoned answer anywhere in a descriptor. */
function factsIn(value: unknown, path: string): readonly FoundFact[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, each]) => factsIn(each, `${path}.${name}`));
  const found = value as { readonly source?: unknown; readonly note?: unknown };
  if (typeof found.source !== "string") return inner;
  return [{ path, source: found.source, ...(typeof found.note === "string" ? { note: found.note } : {}) }, ...inner];
}

/** The cells of the row that begins with `name`, in the first table that has one. */
function cells(text: string, name: string): readonly string[] {
  const line = text.split("\n").find((each) => each.startsWith(`${name}  `));
  return line?.trim().split(/ {2,}/).slice(1) ?? assert.fail(`no row ${name}`);
}

/** Spaces and line ends do not matter. */
const flat = (text: string): string => text.replace(/\s+/g, " ");

describe("exchange-keys exchanges", () => {
  it("shows each operation of each exchange", async () => {
    const { code, out, err } = await run(["exchanges"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.deepEqual(
      cells(out, "operation"),
      DESCRIPTORS.map(({ id }) => id),
    );
    for (const operation of OPERATIONS) {
      assert.deepEqual(
        cells(out, operation),
        DESCRIPTORS.map(({ operations }) => operations[operation].can),
      );
    }
  });

  it("says why something cannot be done, by which source and when", async () => {
    const { out } = await run(["exchanges"]);
    for (const { id, operations } of DESCRIPTORS) {
      for (const [operation, support] of Object.entries(operations)) {
        if (support.can !== "no" && support.can !== "manual") continue;
        const row = new RegExp(`^${id} +${operation} +${support.can} +(.*)$`, "m").exec(out)?.[1];
        assert.equal(row, `${support.why} (${support.source}, ${support.date})`);
      }
    }
  });

  it("says of each scope whether it comes alone, with others, or never", async () => {
    const { out } = await run(["exchanges"]);
    for (const scope of SCOPES) {
      for (const [index, { grants, parentGrants, operations }] of DESCRIPTORS.entries()) {
        const issued = operations.issue.can === "yes" && grants.value.some(({ scopes }) => scopes.includes(scope));
        const given = issued ? grants.value : [...grants.value, ...parentGrants.value];
        const plan = effectiveScopes(given, ["read", scope]);
        const cell = plan.kind === "exact" ? "yes" : plan.inexpressible.includes(scope) ? "no" : "with .*";
        const expected = issued || cell === "no" ? new RegExp(`^${cell}$`) : new RegExp(`^adopted(, ${cell})?$`);
        assert.match(cells(out, scope)[index] ?? "", expected);
      }
    }
  });

  it("names every host and every flag", async () => {
    const { out } = await run(["exchanges"]);
    for (const { id, hosts, grants } of DESCRIPTORS) {
      for (const host of Object.values(hosts).flatMap((sites) => Object.values(sites))) assert.ok(out.includes(host), host);
      for (const { flag } of grants.value) assert.ok(flat(out).includes(` ${id} ${flag} `), flag);
    }
  });

  for (const width of [80, 100, 120]) {
    it(`keeps every line to a terminal of ${width} columns, and leaves nothing out`, async () => {
      const words = (text: string) => new Set(text.split(/[\s─]+/));
      const wide = (await run(["exchanges"])).out;
      const { out } = await run(["exchanges"], width);
      const long = out.split("\n").filter((line) => line.length > width && line.trim().includes(" "));
      assert.deepEqual(long, []);
      assert.deepEqual(
        [...words(wide)].filter((word) => !words(out).has(word)),
        [],
      );
      for (const { id } of DESCRIPTORS) {
        const sheet = (await run(["exchanges", id], width)).out;
        const longer = sheet.split("\n").filter((line) => line.length > width && line.trim().includes(" "));
        assert.deepEqual(longer, [], id);
      }
    });
  }

  it("gives programs every fact as it is", async () => {
    const { code, out } = await run(["exchanges", "--json"]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), {
      format: "exchange-keys/exchanges/1",
      exchanges: JSON.parse(JSON.stringify(DESCRIPTORS)),
    });
  });

  for (const descriptor of DESCRIPTORS) {
    const { id } = descriptor;
    it(`leaves out no fact of one exchange: ${id}`, async () => {
      const { code, out } = await run(["exchanges", id]);
      assert.equal(code, 0);
      const text = flat(out);
      const missing = factsIn(descriptor, id).filter(
        ({ source, note = "" }) => !text.includes(flat(source)) || !text.includes(flat(note)),
      );
      assert.deepEqual(missing, []);
      assert.equal((out.match(/ \?(?= |$)/gm) ?? []).length, unconfirmedIn(descriptor), "each unconfirmed fact is marked");
      for (const [code_, kind] of Object.entries(descriptor.errors.value)) assert.match(text, new RegExp(`${code_} ${kind}\\b`));
      const { out: json } = await run(["exchanges", id, "--json"]);
      assert.deepEqual(JSON.parse(json).exchanges, [JSON.parse(JSON.stringify(descriptor))]);
    });
  }
});

function unconfirmedIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value as Descriptor).reduce((sum: number, each) => sum + unconfirmedIn(each), 0);
  return inner + ("confirmed" in value && value.confirmed === false ? 1 : 0);
}
