import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ERROR_KINDS, isKind } from "../../providers/src/core/errors";
import { whyNot } from "../../providers/src/core/support";
import { OPERATIONS, SCOPES } from "../../providers/src/core/words";
import type { Wire } from "../../providers/src/exchanges/adapter";
import { DESCRIPTORS, descriptorOf, findDescriptor, loadAdapter } from "../../providers/src/exchanges/registry";
import { judge } from "../../providers/src/wire/judge";
import { root } from "../../scripts/setup/paths";
import { leftOfSkeleton } from "../../scripts/skeleton/folders";
import { goldenIds } from "../wire/golden";

/** Short enough to be a code, and none of anybody. */
const UNKNOWN_CODE = "987650321";

const SOURCES = join(__dirname, "../../providers/src/exchanges");

/** Every fact anywhere in a descriptor. */
function facts(value: unknown): readonly { readonly source: string; readonly date: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const here = "source" in value && "date" in value ? [value as { readonly source: string; readonly date: string }] : [];
  return [...here, ...Object.values(value).flatMap(facts)];
}

describe("registry", () => {
  it("and golden files name the same exchanges", () => {
    assert.deepEqual([...goldenIds()].sort(), DESCRIPTORS.map((descriptor) => descriptor.id).sort());
  });

  it("holds every folder", () => {
    const folders = readdirSync(SOURCES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(
      DESCRIPTORS.map(({ id }) => id),
      folders.map(({ name }) => name).sort(),
    );
  });

  it("refuses what it does not know", async () => {
    assert.equal(findDescriptor("constructor"), undefined);
    assert.throws(() => descriptorOf("nowhere"), /NotSupported.*Known:/);
    await assert.rejects(loadAdapter("../../etc"), /NotSupported/);
  });
});

for (const descriptor of DESCRIPTORS) {
  const { id } = descriptor;
  describe(`descriptor: ${id}`, () => {
    it("has its folders, in which the files that every exchange has are required, and further ones allowed", () => {
      for (const file of ["descriptor", "adapter", "convert", "types"])
        assert.ok(existsSync(join(SOURCES, id, `${file}.ts`)), `providers: ${file}.ts`);
      for (const file of ["index", "state", "guard", "signature", "permissions", "errors", "edits", "bots"])
        assert.ok(existsSync(join(root, "sandbox/exchanges", id, `${file}.ts`)), `sandbox: ${file}.ts`);
    });

    it("is written: nothing is left of the skeleton", () => {
      const left = leftOfSkeleton(root, id);
      assert.equal(left.length, 0, `still to be written:\n${left.join("\n")}`);
    });

    it("gives every fact a source and a date", () => {
      const all = facts(descriptor);
      assert.ok(all.length >= 12);
      for (const fact of all) {
        assert.ok(fact.source.length > 3);
        assert.ok(!Number.isNaN(Date.parse(fact.date)));
      }
    });

    it("speaks of every operation, and the adapter has what it claims", async () => {
      assert.deepEqual(Object.keys(descriptor.operations).sort(), [...OPERATIONS].sort());
      const wire: Wire = { call: async () => assert.fail("no request is needed to open") };
      const adapter = (await loadAdapter(id))(wire);
      for (const operation of OPERATIONS) {
        const { can } = descriptor.operations[operation];
        const has = typeof adapter[operation] === "function";
        // What the exchange or this package cannot do is there to say so.
        const claimed = can === "yes" || operation !== "find";
        assert.equal(has, claimed, `${operation} is "${can}" in ${id}/descriptor.ts, and ${has ? "" : "not "}in adapter.ts`);
      }
      assert.equal(adapter.descriptor, descriptor);
    });

    it("refuses what the exchange cannot do with the reason, and sends nothing", async () => {
      const wire: Wire = { call: async () => assert.fail("a request was sent") };
      const adapter = (await loadAdapter(id))(wire);
      const spec = { label: "l", scopes: [], ipWhitelist: [] };
      const calls = {
        issue: () => adapter.issue("s", spec),
        list: () => adapter.list("s"),
        set: () => adapter.set("s", "k", spec),
        revoke: () => adapter.revoke("s", "k"),
        inspectParent: () => adapter.inspectParent(),
      };
      for (const operation of ["issue", "list", "set", "revoke", "inspectParent"] as const) {
        const support = descriptor.operations[operation];
        const why = whyNot(support);
        if (why === undefined) continue;
        await assert.rejects(calls[operation](), (error) => {
          assert.ok(isKind(error, "NotSupported") && error.operation === operation, operation);
          assert.ok(error.message.includes(why) && /AdoptedApiKey|docs\/adding-an-exchange/.test(error.message));
          return true;
        });
      }
    });

    it("takes a code that it does not know for a bad answer that names the code, whatever the status", () => {
      const { code: name, result, itemCode } = descriptor.envelope;
      const bodies: object[] = [{ [name]: descriptor.envelope.listed ? [UNKNOWN_CODE] : UNKNOWN_CODE }];
      const [success = ""] = descriptor.envelope.success;
      if (result !== undefined && itemCode !== undefined) {
        bodies.push(
          { [name]: success, [result]: [{ [itemCode]: UNKNOWN_CODE }] },
          { [name]: "1", [result]: [{ [itemCode]: UNKNOWN_CODE }] },
        );
      }
      for (const body of bodies) {
        for (const status of [200, 400, 401, 403, 404, 500]) {
          const refused = judge({ status, headers: new Map(), body }, { descriptor, now: 0 });
          assert.deepEqual([refused?.kind, refused?.code], ["BadResponse", UNKNOWN_CODE], `HTTP ${status}`);
        }
      }
    });

    it("speaks our words only", () => {
      for (const kind of Object.values(descriptor.errors.value)) assert.ok(ERROR_KINDS.includes(kind));
      const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
      for (const scope of grants.flatMap((grant) => grant.scopes)) assert.ok(SCOPES.includes(scope));
      assert.equal(new Set(grants.map((grant) => grant.flag)).size, grants.length);
    });

    it("names paces beside the operations' own by other names", () => {
      for (const lane of Object.keys(descriptor.lanes?.value ?? {})) assert.ok(!(lane in descriptor.rates.value), lane);
    });

    it("leaves room for owner hash and serial in a label", () => {
      const { value } = descriptor.label;
      if (value === "none") return;
      const { max, characters } = value;
      assert.ok(max >= 20);
      for (const character of "az27019") assert.match(character, new RegExp(`^${characters}$`));
    });

    it("names hosts and nothing more", () => {
      assert.ok("global" in descriptor.hosts.production);
      for (const hosts of Object.values(descriptor.hosts)) {
        assert.ok("global" in hosts || Object.keys(hosts).length === 0);
        for (const host of Object.values(hosts)) assert.match(host, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
      }
    });
  });
}
