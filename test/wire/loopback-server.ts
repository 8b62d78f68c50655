import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

/** A request as it arrived. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** `hang` never answers; `reset` closes the connection instead; `cut` closes it in the middle of the body. */
export type Reply =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string | Buffer }
  | "hang"
  | "reset"
  | "cut";

export interface LoopbackServer {
  readonly origin: string;
  /** What to trust, PEM. */
  readonly ca: string;
  readonly requests: Recorded[];
  close(): Promise<void>;
}

/** A real TLS server on loopback that records what it gets and answers as told. */
export async function startServer(answer: (request: Recorded) => Reply, options: ServerOptions = {}): Promise<LoopbackServer> {
  const pem = await authority();
  const requests: Recorded[] = [];
  const server = createServer({ key: pem.private, cert: pem.cert, ...options }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "https://loopback");
      const request: Recorded = {
        method: incoming.method ?? "",
        path: url.pathname,
        query: url.search.slice(1),
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      requests.push(request);
      const reply = answer(request);
      if (reply === "hang") return;
      if (reply === "reset") return incoming.socket.destroy();
      if (reply === "cut") {
        outgoing.writeHead(200, { "content-length": "100" });
        return outgoing.write("{", () => incoming.socket.destroy());
      }
      outgoing.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
      return outgoing.end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `https://127.0.0.1:${port}`, ca: pem.cert, requests, close };
}

let made: Promise<{ readonly private: string; readonly cert: string }> | undefined;

function authority(): Promise<{ readonly private: string; readonly cert: string }> {
  made ??= generate([{ name: "commonName", value: "loopback" }], {
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return made;
}
