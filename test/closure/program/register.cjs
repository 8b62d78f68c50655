// Plain Node, as on a user's machine: what a TypeScript loader adds to functions would be serialised with them.
const pulumi = require("@pulumi/pulumi");

const registered = [];
pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs,
  },
  "exchange-keys",
  "sandbox",
);
pulumi.runtime.setAllConfig({
  "exchange-keys:environment": "sandbox",
  "exchange-keys:owner": "desk",
  "exchange-keys:accounts": JSON.stringify({
    main: { exchange: "bybit", credentials: { apiKey: "env:PARENT_KEY", secret: "env:PARENT_SECRET" } },
  }),
});

async function register() {
  const { ApiKey } = require("pulumi-exchange-keys");
  const key = (name) =>
    new ApiKey(name, {
      account: "main",
      subAccount: "100001",
      bot: "mm-1",
      purpose: "market-making",
      scopes: ["read"],
      ipWhitelist: [],
      seal: "local:///sealing.key",
      publish: `file:///${name}.json`,
    });
  for (const { urn } of [key("one"), key("two")]) await new Promise((resolve) => urn.apply(resolve));
  process.stdout.write(JSON.stringify(registered));
}

register().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
