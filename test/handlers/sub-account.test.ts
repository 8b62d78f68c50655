import assert from "node:assert/strict";
import { UNKNOWN } from "../../providers/src/core/inputs";
import type { SubAccountInputs, SubAccountOutputs } from "../../providers/src/core/sub-account";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import * as handler from "../../providers/src/handlers/sub-account";
import { CODE, configured, Files, type Properties, SETTINGS } from "./world";

const DECLARED: Properties & SubAccountInputs = {
  __provider: CODE,
  environment: "sandbox",
  exchange: "okx",
  account: "two",
  name: "mmbot001",
};

describe("the handler of sub-accounts", () => {
  let files: Files;
  before(async () => {
    files = await Files.make();
  });
  beforeEach(() => configured(SETTINGS));
  after(async () => {
    await files.remove();
    await configured({});
  });

  async function problems(changes: Properties, olds: Properties = {}): Promise<readonly string[]> {
    const { failures = [] } = await handler.check(olds, { ...DECLARED, ...changes });
    return failures.map(({ property, reason }) => `${property} ${reason}`);
  }

  it("lets a name, a number or what is not known yet through", async () => {
    assert.deepEqual(await problems({}), []);
    assert.deepEqual(await problems({ name: undefined, uid: "123" }), []);
    assert.deepEqual(await problems({ name: UNKNOWN, products: [UNKNOWN] }), []);
    assert.deepEqual(await problems({ products: UNKNOWN, remark: UNKNOWN }), []);
    assert.deepEqual(await problems({ drift: { status: "is frozen" } }, DECLARED), []);
  });

  const refused: readonly (readonly [Properties, RegExp])[] = [
    [{ name: undefined }, /^name is required, or uid$/],
    [{ name: "no name!" }, /^name is no name of a sub-account of OKX: 6 to 20 letters and digits/],
    [{ name: "" }, /^name name must not be empty$/],
    [{ products: ["futures"] }, /^products OKX enables no futures: nothing has to be enabled there$/],
    [{ remark: "for a bot" }, /^remark is given to no new sub-account of OKX$/],
    [{ account: "none" }, /^account unknown account "none"/],
    [{ environment: "production" }, /^environment differs from the stack's configuration$/],
    [{ owner: "desk" }, /^owner is not an input of SubAccount$/],
  ];
  for (const [changes, reason] of refused) {
    it(`refuses ${JSON.stringify(changes)}`, async () => {
      const found = await problems(changes);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", reason);
    });
  }

  it("refuses what would be another sub-account", async () => {
    assert.match((await problems({ name: "mmbot002" }, DECLARED)).join(), /^name cannot change: .*Declare a second SubAccount$/);
    assert.deepEqual(await problems({ uid: "123" }, DECLARED), []);
  });

  it("refuses an exchange whose sub-accounts are left to a person", async () => {
    const byHand = DESCRIPTORS.find(({ subAccounts }) => subAccounts === undefined);
    assert.ok(byHand !== undefined);
    const credentials = Object.fromEntries(byHand.credentials.map((field) => [field, "env:NO_SUCH"]));
    await configured({ ...SETTINGS, accounts: JSON.stringify({ other: { exchange: byHand.id, credentials } }) });
    assert.match(
      (await problems({ account: "other", exchange: byHand.id })).join("\n"),
      /made by hand: give ApiKey the sub-account/,
    );
  });

  it("has something to do for other inputs, other code and drift only", async () => {
    const outputs: SubAccountOutputs & Properties = { ...DECLARED, products: ["margin", "futures"], made: true };
    const news = { ...DECLARED, products: ["futures", "margin"] } as SubAccountInputs & Properties;
    const changes = async (olds: SubAccountOutputs, wanted: SubAccountInputs): Promise<unknown> =>
      (await handler.diff("id", olds, wanted)).changes;
    assert.equal(await changes(outputs, news), false);
    assert.equal(await changes(outputs, { ...news, products: ["margin"] }), true);
    assert.equal(await changes({ ...outputs, observed: { status: "is frozen" } }, news), true);
    const other: SubAccountInputs & Properties = { ...news, __provider: "new code" };
    assert.equal(await changes(outputs, other), true);
    const { __provider: _, ...rest } = outputs;
    assert.deepEqual(await handler.update("id", outputs, other), { outs: rest }, "other code reaches no exchange");
  });

  it("fails by name where no credential is found", async () => {
    await assert.rejects(handler.create(DECLARED), /CredentialsUnavailable: the credential env:NO_SUCH/);
  });
});
