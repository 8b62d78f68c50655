import { openStore } from "../../providers/src/publish/open-store";
import { documentOf } from "../seal/samples";

/** Publishes one document after the other until it is killed, and says each serial when it is durable. */
async function main(url: string): Promise<void> {
  const store = openStore(url, { environment: "production", env: {} });
  let revision: string | undefined;
  for (let serial = 1; ; serial += 1) {
    const document = documentOf([], { lastSerial: serial, holder: "holder".repeat(serial % 500) || "h" });
    revision = (await store.write(document, revision)).revision;
    process.stdout.write(`${serial}\n`);
  }
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
