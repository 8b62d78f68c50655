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
    assert.deepEqual(told("52.1.0.0/16", "2001:4860::/32"), []);
  });

  it("is refused where IPv4 addresses are more than 65 536 together, each counted once", () => {
    assert.deepEqual(told("52.1.0.0/17", "52.1.128.0/17"), []);
    assert.match(told("52.1.0.0/16", "52.2.0.1")[0] ?? "", /^ipWhitelist lets in 65537 IPv4 addresses together/);
    assert.match(told("52.1.0.0/16", "52.2.0.0/16", "52.3.0.0/16")[0] ?? "", /lets in 196608 IPv4/);
    // Inside, repeated, and in another order.
    assert.deepEqual(told("52.1.3.0/24", "52.1.0.0/16", "52.1.3.4", "52.1.255.255", "52.1.0.0/16"), []);
    assert.match(told("52.1.128.0/17", "52.1.0.0/16", "52.2.0.0/31", "52.2.0.1")[0] ?? "", /lets in 65538/);
  });

  it("is refused where IPv6 addresses are more than a /32 has together, each counted once", () => {
    const pieces = (count: number, prefix: number): readonly string[] =>
      Array.from({ length: count }, (_, n) => `2a05:d0${n.toString(16).padStart(2, "0")}::/${prefix}`);
    const refused = /^ipWhitelist lets in more IPv6 addresses together than a \/32 has: narrow/;
    assert.match(told(...pieces(2, 32))[0] ?? "", refused);
    assert.match(told(...pieces(200, 32))[0] ?? "", refused);
    // Halves of one /32, in either order, and one address more.
    const halves = ["2001:4860:8000::/33", "2001:4860::/33"];
    assert.deepEqual(told(...halves), []);
    assert.match(told(...halves, "2001:4861::1")[0] ?? "", refused);
    // Halves that join into a /31: three of four.
    assert.match(told(...halves, "2001:4861::/33")[0] ?? "", refused);
    // Inside, repeated, and spelled in other ways.
    assert.deepEqual(
      told("2001:4860::/32", "2001:4860:1::/48", "2001:4860::1", "2001:4860:0:0::/32", "2001:4860:0000::0001"),
      [],
    );
    assert.equal(told("2001:4860::/32", "2001:4861::1", "52.1.0.0/16", "52.2.0.1").length, 2);
  });

  it("is refused in the clothes of IPv6, and as pieces that join", () => {
    const found = (...ipWhitelist: readonly string[]): string =>
      JSON.stringify(whitelistProblems({ scopes: ["read"], ipWhitelist }, descriptorOf("coinbase"), "production"));
    assert.match(found("::ffff:3400:0/104"), /ipWhitelist\[0\].*is a ipv4Mapped address/);
    assert.match(found("::ffff:52.1.2.3"), /is a ipv4Mapped address/);
    assert.match(found("64:ff9b::/96"), /is a rfc6052 address/);
    assert.match(found("2002:3401::/32"), /is a 6to4 address/);
    // A /15 in two pieces, a /14 in eight.
    assert.match(told("52.0.0.0/16", "52.1.0.0/16")[0] ?? "", /lets in 131072 IPv4/);
    assert.match(
      told(...Array.from({ length: 8 }, (_, n) => `52.${n >> 1}.${(n & 1) * 128}.0/17`))[0] ?? "",
      /lets in 262144 IPv4/,
    );
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
