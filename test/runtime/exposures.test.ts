import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import { refuseOverrides } from "../../providers/src/runtime/environment";
import type { Started } from "../../providers/src/runtime/exposures";

const started = (env: NodeJS.ProcessEnv, execArgv: readonly string[] = []): Started => ({ env, execArgv });

describe("options and variables of Node", () => {
  const options = [
    "--use-openssl-ca",
    "--use-system-ca",
    "--use_system_ca",
    "--tls-keylog=/tmp/keys",
    "--tls-keylog",
    "--trace-tls",
    "--openssl-config=/tmp/x",
    "--tls-cipher-list=X",
    "--use-env-proxy",
    "--inspect=0.0.0.0:9229",
    "--experimental-config-file=/tmp/x",
  ];
  const printing = ["http", "HTTP", "module,https", "tls, net", "undici", "fetch", "http2", "h*", "*", "child_process"];

  for (const environment of ["testnet", "production"] as const) {
    for (const option of options) {
      const refuses = (given: Started): void =>
        assert.throws(
          () => refuseOverrides(environment, given),
          (error) => {
            assert.ok(isKind(error, "EnvironmentRefused"));
            assert.ok(error.message.includes(option.replace(/=.*/, "").replaceAll("_", "-")), error.message);
            assert.doesNotMatch(error.message, /\/tmp|9229/);
            return true;
          },
        );
      it(`${environment} refuses ${option}, of the command line and of NODE_OPTIONS`, () => {
        refuses(started({}, ["--enable-source-maps", option]));
        for (const text of [option, `--no-warnings ${option} --x`, `"${option}"`, `--no-warnings\t${option}`]) {
          refuses(started({ NODE_OPTIONS: text }));
        }
      });
    }
    it(`${environment} takes other options`, () => {
      const execArgv = ["--import", "/use-system-ca.js", "--max-old-space-size=100", "--no-use-system-ca", "--use-bundled-ca"];
      refuseOverrides(environment, started({ NODE_OPTIONS: execArgv.join(" ") }, execArgv));
    });
    for (const sections of printing) {
      it(`${environment} refuses NODE_DEBUG=${sections}`, () => {
        assert.throws(
          () => refuseOverrides(environment, started({ NODE_DEBUG: sections })),
          (error) => isKind(error, "EnvironmentRefused") && /NODE_DEBUG=[a-z0-9_]+ is set/.test(error.message),
        );
      });
    }
    it(`${environment} takes sections of NODE_DEBUG that print no traffic`, () => {
      for (const sections of ["module", "esm,timer", "https-proxy", "my-http"]) {
        refuseOverrides(environment, started({ NODE_DEBUG: sections }));
      }
    });
    it(`${environment} names all of them at once`, () => {
      const given = started({ HTTPS_PROXY: "x", SSL_CERT_FILE: "x", NODE_DEBUG: "http" }, ["--tls-keylog=x"]);
      const all = /HTTPS_PROXY, SSL_CERT_FILE, --tls-keylog, NODE_DEBUG=http are set/;
      assert.throws(() => refuseOverrides(environment, given), all);
    });
  }
});
