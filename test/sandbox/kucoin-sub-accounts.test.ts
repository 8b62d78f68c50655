import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, type Caller, kucoin, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const CREATED = "/api/v2/sub/user/created";
const LIST = "/api/v2/sub/user";

describe("sandbox: KuCoin sub-accounts", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = kucoin(sandbox, parentOf(sandbox, "kucoin"));
  });
  after(() => running.end());

  const wanted = (fields: object = {}) => ({ subName: "newbot01", password: "q1234567", access: "Spot", ...fields });

  async function code(path: string, params: object): Promise<string> {
    return (await parent.post(path, params)).body.code;
  }

  async function key(permission: string): Promise<string> {
    const passphrase = "11223344";
    return code("/api/v1/sub/api-key", { subName: "newbot01", passphrase, remark: "r", permission });
  }

  it("makes one, and lets its keys have what it trades", async () => {
    const { data } = (await parent.post(CREATED, wanted({ remarks: "TheRemark" }))).body;
    assert.deepEqual({ ...data, uid: 0 }, { uid: 0, subName: "newbot01", remarks: "TheRemark", access: "Spot" });
    assert.equal(await key("General,Spot,InnerTransfer"), "200000");
    for (const [product, path] of [
      ["Margin", "/api/v3/sub/user/margin/enable"],
      ["Futures", "/api/v3/sub/user/futures/enable"],
    ] as const) {
      assert.equal(await key(product), "400100");
      assert.equal((await parent.post(path, { uid: String(data.uid) })).body.data, null);
      assert.equal(await key(product), "200000");
    }
  });

  it("refuses names, passwords and products of another form, and a name twice", async () => {
    const bad = [
      ...["short1", "nodigits", "12345678", "with space1", "n1".repeat(17)].map((subName) => ({ subName })),
      ...["short1", "nodigits", "12345678", "special!1", "p1".repeat(13)].map((password) => ({ password })),
      ...["", "Options", "Spot Margin"].map((access) => ({ access })),
      { remarks: "r".repeat(25) },
      { subName: "mmbot001" },
    ];
    for (const fields of bad)
      assert.equal(await code(CREATED, wanted({ subName: "other001", ...fields })), "400100", JSON.stringify(fields));
    assert.equal(await code(CREATED, wanted({ subName: "other001", access: "Futures,Margin" })), "200000");
    assert.equal(await code("/api/v3/sub/user/margin/enable", { uid: "1" }), "400100");
  });

  it("wants Margin and Futures of the parent to enable them", async () => {
    await sandbox.control.editParent("kucoin", { permissions: "General" });
    for (const product of ["margin", "futures"]) {
      assert.equal(await code(`/api/v3/sub/user/${product}/enable`, { uid: "1" }), "400007");
    }
    assert.equal(await key("General"), "200000");
  });

  it("lists them page by page", async () => {
    const page = async (params: Record<string, string>): Promise<Body> => (await parent.get(LIST, params)).body.data;
    const all = await page({ pageSize: "100" });
    const { currentPage, totalNum, totalPage, items } = await page({ currentPage: "2", pageSize: "4" });
    assert.deepEqual([currentPage, totalNum, totalPage], [2, all.items.length, Math.ceil(all.items.length / 4)]);
    assert.deepEqual(items, all.items.slice(4, 8));
    assert.equal((await parent.get(LIST, { pageSize: "101" })).body.code, "400100");
  });
});
