import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { Certificate } from "./certificate";

export type App = Hono<{ Bindings: HttpBindings }>;

export interface Listening {
  /** The origin, with the port the system chose. */
  readonly url: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** The only address this sandbox ever binds. */
const LOOPBACK = "127.0.0.1";

/** Serves over TLS 1.3 when a certificate is given, else over plain HTTP. */
export async function listen(app: App, certificate?: Certificate): Promise<Listening> {
  const fetch: Parameters<typeof createAdaptorServer>[0]["fetch"] = (request, env) => app.fetch(request, env as HttpBindings);
  const server =
    certificate === undefined
      ? createAdaptorServer({ fetch, createServer: createHttpServer })
      : createAdaptorServer({
          fetch,
          createServer: createTlsServer,
          serverOptions: { key: certificate.key, cert: certificate.cert, minVersion: "TLSv1.3" },
        });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the sandbox got no port");
  return {
    url: `${certificate === undefined ? "http" : "https"}://${LOOPBACK}:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
