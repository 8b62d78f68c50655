import { scatter } from "./parts";

// What `npm pack` and `npm publish` in `providers/` do last.
scatter().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
