import assert from "node:assert/strict";
import { Refused } from "../../providers/src/wire/refused";
import { createTransport } from "../../providers/src/wire/transport";
import { type LoopbackServer, startServer } from "./loopback-server";

describe("host guard", () => {
  let server: LoopbackServer;
  before(async () => {
    server = await startServer(() => ({ body: "{}" }));
  });
  after(() => server.close());

  it("lets the one origin through", async () => {
    const answer = await createTransport(server)(`${server.origin}/v5`, { method: "GET" });
    assert.equal(await answer.text(), "{}");
  });

  const outside = [
    () => server.origin.replace("127.0.0.1", "localhost"),
    () => `${server.origin}1/v5`.replace(/:(\d+)1\//, ":1/"),
    () => server.origin.replace("https", "http"),
    () => server.origin.replace("https://", "https://127.0.0.1@localhost:"),
    () => "undefined/api/v1",
    () => "https://example.com/v5",
  ];
  for (const [index, url] of outside.entries()) {
    it(`stops everything else (${index})`, async () => {
      const before = server.requests.length;
      await assert.rejects(createTransport(server)(url(), { method: "GET" }), (error) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.facts.kind, "EnvironmentRefused");
        return true;
      });
      assert.equal(server.requests.length, before);
    });
  }
});
