import assert from "node:assert/strict";
import { z } from "zod";
import { FullDesk } from "./full-desk";
import { importState, type LeftBehind, readLeftBehind, restore } from "./left-behind";
import { Stage } from "./stage";

/** The last revision whose documents bear no stamp. */
const UNSTAMPED = "82e3d99.json";
/** Keys that were rotated: with labels, without any, and with a passphrase of their own. */
const ROTATED = ["okx-renamed", "broker-alone", "kucoin-lasting"] as const;

const sealed = z.looseObject({
  lastSerial: z.number(),
  versions: z.array(z.looseObject({ serial: z.number(), retireAfter: z.string().optional() })),
});
const outputs = z.looseObject({ sealed, servedTrigger: z.string().optional() });
const resource = z.looseObject({ urn: z.string(), outputs: z.looseObject({}).optional() });
const exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(resource) }) });

describe("documents of the revision before stamps, ahead of their states", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const livingIds = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();

  it("need no person, and no key in use is lost", async () => {
    const kept = await readLeftBehind(UNSTAMPED);
    const desk = new FullDesk(stage, kept.privateKeys);
    await restore(kept, stage);
    await desk.declare("second");
    await importState(beforeRotation(kept), stage);
    const before = await livingIds();
    await desk.assertServed();
    const rotated = stage.bots.filter(({ bot }) => ROTATED.some((name) => name === bot.name));
    assert.equal(rotated.length, ROTATED.length);
    for (const running of rotated) await running.look();
    await desk.stack.up("--refresh");
    await desk.assertServed();
    for (const running of rotated) await running.assertServed();
    const living = await livingIds();
    assert.deepEqual(
      before.filter((apiKey) => !living.includes(apiKey)),
      [],
      "every key that a document named lives",
    );
    await desk.stack.up("--expect-no-changes", "--refresh");
    await stage.control.advance("26h");
    await desk.stack.up();
    await desk.stack.up("--expect-no-changes", "--refresh");
    await desk.assertServed();
    for (const running of rotated) {
      const { apiKey } = await running.published();
      const { exchange, subAccount } = running.bot;
      const listed = await stage.control.keys(exchange);
      const living = listed.filter((key) => key.subAccount === subAccount).map((key) => key.apiKey);
      assert.deepEqual(living, [apiKey], running.bot.name);
    }
    await desk.stack.must("destroy", "--yes", "--skip-preview");
  });
});

/** What a killed run leaves: documents that show a rotation of which the state knows nothing. */
function beforeRotation(kept: LeftBehind): LeftBehind {
  const { deployment, ...rest } = exported.parse(structuredClone(kept.deployment));
  const resources = deployment.resources.map((one) => {
    const isRotated = ROTATED.some((name) => one.urn.endsWith(`::${name}`));
    return isRotated ? { ...one, outputs: firstOf(outputs.parse(one.outputs)) } : one;
  });
  return { ...kept, deployment: { ...rest, deployment: { ...deployment, resources } } };
}

/** As they were before the rotation. */
function firstOf(rotated: z.output<typeof outputs>): object {
  const { servedTrigger, sealed: document, ...rest } = rotated;
  const first = document.versions.filter(({ serial }) => serial === 1);
  const versions = first.map(({ retireAfter: _, ...version }) => ({ ...version, state: "current" }));
  return {
    ...rest,
    ...(servedTrigger === undefined ? {} : { servedTrigger: "first" }),
    sealed: { ...document, lastSerial: 1, versions },
  };
}
