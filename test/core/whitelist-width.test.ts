import assert from "node:assert/strict";
import { whitelistProblems } from "../../providers/src/core/validate";
import { widthProblems } from "../../providers/src/core/whitelist-width";
import { descriptorOf } from "../../providers/src/exchanges/registry";

const told = (...ipWhitelist: readonly string[]): readonly string[] =>
  widthProblems(ipWhitelist).map(({ property, reason }) => `${property} ${reason}`);

/** Both halves of everything, in as many pieces as it takes. */
const halves = (prefix: number): readonly string[] =>
  Array.from({ length: 2 ** prefix }, (_, index) => `${index * 2 ** (8 - prefix)}.0.0.0/${prefix}`);

describe("a whitelist as wide as a network", () => {
  it("is refused where one segment is wider than a /16, or a /32 of IPv6", () => {
    assert.match(told("52.0.0.0/15")[0] ?? "", /^ipWhitelist\[0\] lets in a \/15: at most a \/16/);
    assert.match(told("52.1.2.3", "2001:4860::/31")[0] ?? "", /^ipWhitelist\[1\] lets in a \/31: at most a \/32/);
    assert.equal(told(...halves(1)).length, 2);
    assert.equal(told(...halves(4)).length, 16);
    assert.deepEqual(told("52.1.0.0/16", "2001:4860::/32", "2001:4861::1"), []);
  });

  it("is refused where IPv4 addresses are more than 65 536 together, each counted once", () => {
    assert.deepEqual(told("52.1.0.0/17", "52.1.128.0/17"), []);
    assert.match(told("52.1.0.0/16", "52.2.0.1")[0] ?? "", /^ipWhitelist lets in 65537 IPv4 addresses together/);
    assert.match(told("52.1.0.0/16", "52.2.0.0/16", "52.3.0.0/16")[0] ?? "", /lets in 196608 IPv4/);
    // Inside, repeated, and in another order.
    assert.deepEqual(told("52.1.3.0/24", "52.1.0.0/16", "52.1.3.4", "52.1.255.255", "52.1.0.0/16"), []);
    assert.match(told("52.1.128.0/17", "52.1.0.0/16", "52.2.0.0/31", "52.2.0.1")[0] ?? "", /lets in 65538/);
  });

  it("has only one thing said of what lets everybody in, and nothing of what is no address", () => {
    assert.deepEqual(told("0.0.0.0/0", "::/0", "x", ""), []);
  });

  it("is refused by check, of issued and of adopted keys", () => {
    const news = { scopes: ["read", "spot"], ipWhitelist: ["52.0.0.0/15", "54.0.0.0/14"] };
    const found = whitelistProblems(news, descriptorOf("coinbase"), "production").map(({ property }) => property);
    assert.deepEqual(found, ["ipWhitelist[0]", "ipWhitelist[1]"]);
  });
});
