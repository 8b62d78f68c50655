import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { KEY_TYPE } from "../../bench/checkpoint";
import { nodePrints } from "./child";
import { DOORS, requestOf } from "./doors";

const registration = z.object({ type: z.string(), name: z.string(), inputs: z.record(z.string(), z.unknown()) });
type Registration = z.output<typeof registration>;

/** What stands in the state of every key that was ever issued. Changing it means that old states run other code than new ones. */
const golden = readFile(join(__dirname, "golden", "provider.txt"), "utf8");

describe("the serialised provider", function () {
  // The first serialisation loads the TypeScript compiler.
  this.timeout(300_000);

  let registered: readonly Registration[] = [];

  before(async () => {
    registered = z.array(registration).parse(await nodePrints(join(__dirname, "program", "register.cjs")));
  });

  it("is the same text for every key, and has its golden form", async () => {
    assert.equal(registered.length, 2);
    for (const { name, inputs } of registered) assert.equal(inputs.__provider, await golden, name);
  });

  for (const door of DOORS) {
    it(`of ${door.resource} has the same form, in no more than 400 bytes`, async () => {
      const text = await nodePrints<string>(join(__dirname, "program", "serialise.cjs"), requestOf(door));
      assert.equal(text, (await golden).replace("pulumi-exchange-keys/handlers/api-key", requestOf(door)));
      const bytes = Buffer.byteLength(text);
      assert.ok(bytes <= 400, `${bytes} bytes`);
    });
  }

  it("is nothing but one require of the permanent entry", async () => {
    const requires = [...(await golden).matchAll(/require\("([^"]*)"\)/g)].map(([, request]) => request);
    assert.deepEqual(requires, ["pulumi-exchange-keys/handlers/api-key"]);
  });

  it("belongs to a resource of the permanent type", () => {
    for (const { type, name } of registered) assert.equal(type, KEY_TYPE, name);
  });
});
