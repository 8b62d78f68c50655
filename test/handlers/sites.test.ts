import assert from "node:assert/strict";
import type { Settings } from "../../providers/src/core/settings";
import { accountProblems } from "../../providers/src/core/validate";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { accessOf } from "../../providers/src/handlers/access";
import { type Runtime, readRuntime } from "../../providers/src/runtime/runtime";
import { openExchange } from "../../providers/src/wire/open";

/** Told in place of a request: the hosts are real. */
class Reached extends Error {}

for (const descriptor of DESCRIPTORS) {
  const { id, hosts } = descriptor;
  describe(`sites: ${id}`, () => {
    for (const environment of ["testnet", "production"] as const) {
      const sites = Object.entries(hosts[environment]);

      const settings = (site?: string): Settings => {
        const credentials = Object.fromEntries(descriptor.credentials.map((field) => [field, "env:NONE"]));
        const main = { exchange: id, credentials, ...(site === undefined ? {} : { site }) };
        return { environment, owner: "desk", accounts: { main } };
      };

      /** Where the account of such a configuration is looked for. */
      async function origin(site?: string): Promise<string> {
        const access = accessOf({ environment, exchange: id, account: "main" }, settings(site));
        const real = readRuntime(environment, {});
        const endpointOf: Runtime["endpointOf"] = (of, at) => {
          throw new Reached(real.endpointOf(of, at));
        };
        return await openExchange(access, { ...real, endpointOf }).then(
          () => assert.fail("it was opened"),
          (error: unknown) => (error instanceof Reached ? error.message : assert.fail(String(error))),
        );
      }

      const problems = (site: string): readonly string[] =>
        accountProblems(
          { environment, exchange: id, account: "main" },
          {
            settings: settings(site),
            descriptors: DESCRIPTORS,
            sealProblems: () => [],
            publishProblems: () => [],
            deliverProblems: () => [],
            credentialProblems: () => [],
            now: new Date(0),
          },
        ).map(({ property, reason }) => `${property} ${reason}`);

      for (const [site, host] of sites) {
        it(`${environment}: an account of ${site} is reached at ${host}`, async () => {
          assert.equal(await origin(site), `https://${host}`);
          assert.deepEqual(problems(site), []);
        });
      }

      it(`${environment}: without a site ${sites.length === 0 ? "there is nothing to reach" : "it is the global one"}`, async () => {
        if (sites.length > 0) assert.equal(await origin(), `https://${hosts[environment].global}`);
        else await assert.rejects(origin(), /has no such environment/);
      });

      if (sites.length > 0) {
        it(`${environment}: another site is refused with those that there are`, () => {
          assert.deepEqual(problems("moon"), [
            `account.site unknown site "moon"; known: ${Object.keys(hosts[environment]).join(", ")}`,
          ]);
        });
      }
    }
  });
}
