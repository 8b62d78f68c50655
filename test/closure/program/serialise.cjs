// Serialises the handler that the argument names, as the SDK does for a dynamic resource.
const pulumi = require("@pulumi/pulumi");

async function serialise(request) {
  const provider = require(request);
  const { text } = await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true });
  process.stdout.write(JSON.stringify(text));
}

serialise(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
