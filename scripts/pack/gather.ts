import { ensureProvider } from "../setup/provider";
import { reportToStderr } from "../setup/report";
import { gather } from "./parts";

// What `npm pack` and `npm publish` in `providers/` do first.
ensureProvider(reportToStderr)
  .then(gather)
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
