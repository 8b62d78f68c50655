import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";

/** What a host of dynamic providers sees of its engine: something that listens and takes connections, for as long as the run lasts. */
export class FakeEngine {
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(
    readonly server: Http2Server,
    readonly address: string,
  ) {
    server.on("session", (session) => this.#sessions.add(session));
  }

  static async start(): Promise<FakeEngine> {
    const server = createServer();
    server.unref();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FakeEngine(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** Ends as a process that is killed does: with its connections. */
  end(): void {
    this.server.close();
    for (const session of this.#sessions) session.destroy();
  }
}
