import assert from "node:assert/strict";
import { type Caller, foreignFile, foreignLink, foreignStep, sharedFolder } from "../../providers/src/files/trust";
import type { Step } from "../../providers/src/files/way";

const ANN: Caller = { uid: 501, gid: 501, groups: [501, 2000] };
/** In a first group that others are in too. */
const BOB: Caller = { uid: 502, gid: 20, groups: [20] };

function folder(changes: Partial<Step> = {}): Step {
  return { kind: "folder", path: "/keys", uid: ANN.uid, gid: ANN.gid, mode: 0o40755, ...changes };
}

function link(changes: Partial<Step> = {}): Step {
  return { ...folder({ mode: 0o120777, path: "/link" }), kind: "link", ...changes };
}

describe("who may change what lies on a way", () => {
  for (const [what, step, caller] of [
    ["a folder of the caller", folder(), ANN],
    ["a folder of root", folder({ uid: 0, gid: 0 }), ANN],
    ["a sticky folder of root that everybody may write", folder({ uid: 0, mode: 0o41777 }), ANN],
    ["a folder that the caller's private group may write", folder({ mode: 0o40775 }), ANN],
    ["a link of the caller, whose mode says nothing", link(), ANN],
    ["a link of root", link({ uid: 0 }), ANN],
  ] as const) {
    it(`nobody, by ${what}`, () => assert.equal(foreignStep([step], caller), undefined));
  }

  for (const [what, step, caller, words] of [
    ["a folder of another user", folder({ uid: 666 }), ANN, /\/keys belongs to user 666/],
    ["a sticky folder of another user", folder({ uid: 666, mode: 0o41777 }), ANN, /belongs to user 666/],
    ["a folder that everybody may write", folder({ mode: 0o40757 }), ANN, /everybody may write the folder \/keys \(mode 757\)/],
    ["a folder that another group may write", folder({ mode: 0o40775, gid: 2000 }), ANN, /group 2000 may write/],
    [
      "a folder that the first group may write, which others are in",
      folder({ uid: 502, gid: 20, mode: 0o40775 }),
      BOB,
      /group 20/,
    ],
    ["a link of another user", link({ uid: 666 }), ANN, /the link \/link belongs to user 666/],
  ] as const) {
    it(`somebody else, by ${what}`, () => {
      assert.match(foreignStep([folder({ uid: 0 }), step, folder({ uid: 0 })], caller)?.what ?? "", words);
    });
  }

  it("is asked for links only as far as the last of them", () => {
    const foreign = folder({ uid: 666 });
    assert.equal(foreignLink([folder(), foreign], ANN), undefined);
    assert.equal(foreignLink([folder(), link(), foreign], ANN), undefined);
    assert.match(foreignLink([foreign, link(), folder()], ANN)?.what ?? "", /user 666/);
    assert.match(foreignLink([folder(), link({ uid: 666 })], ANN)?.what ?? "", /user 666/);
  });
});

describe("folders that are shared", () => {
  it("are those that everybody or another group may write, sticky ones only where the file is put", () => {
    const shared = (step: Step, caller = ANN) => sharedFolder([step], "/keys", caller)?.what;
    assert.equal(shared(folder()), undefined);
    assert.equal(shared(folder({ uid: 666, mode: 0o42775 })), undefined, "the deployer's group, in a folder of the bot's");
    assert.equal(shared(folder({ uid: 502, gid: 20, mode: 0o40775 }), BOB), undefined, "the deployer's first group");
    assert.equal(shared(folder({ path: "/tmp", mode: 0o41777 })), undefined);
    assert.match(shared(folder({ mode: 0o41777 })) ?? "", /everybody may write the folder \/keys \(mode 1777\)/);
    assert.match(shared(folder({ path: "/above", mode: 0o40777 })) ?? "", /everybody may write the folder \/above \(mode 777\)/);
    assert.match(shared(folder({ mode: 0o40775, gid: 2000 })) ?? "", /group 2000 may write/);
  });
});

describe("a file that holds a secret", () => {
  for (const [what, stats, caller, words] of [
    ["the caller's", { uid: 501, gid: 501, mode: 0o100600 }, ANN, undefined],
    ["root's, read by root's right", { uid: 0, gid: 0, mode: 0o100400 }, ANN, undefined],
    ["root's, which a group of the caller may read", { uid: 0, gid: 2000, mode: 0o100440 }, ANN, undefined],
    ["root's, which another group may read", { uid: 0, gid: 3000, mode: 0o100440 }, ANN, /mode 440/],
    ["root's, which a group of the caller may write", { uid: 0, gid: 2000, mode: 0o100460 }, ANN, /mode 460/],
    ["root's, which everybody may read", { uid: 0, gid: 2000, mode: 0o100444 }, ANN, /mode 444/],
    ["root's for root, which a group may read", { uid: 0, gid: 0, mode: 0o100440 }, { uid: 0, gid: 0, groups: [0] }, /mode 440/],
    ["the caller's, which the group may read", { uid: 501, gid: 501, mode: 0o100640 }, ANN, /mode 640/],
    ["another user's", { uid: 666, gid: 501, mode: 0o100600 }, ANN, /belongs to user 666/],
  ] as const) {
    it(`may be ${what}${words === undefined ? "" : ": no"}`, () => {
      const found = foreignFile(stats, caller)?.what;
      if (words === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", words);
    });
  }
});
