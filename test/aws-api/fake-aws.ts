import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a fake service answers to one request. */
export interface FakeAnswer {
  readonly status: number;
  /** Name of an error, in JSON or XML as the service writes it; without it the body is sent. */
  readonly error?: string;
  readonly body?: string;
}

/** One request as it came. */
export interface FakeRequest {
  /** `x-amz-target`'s operation, or the HTTP method where there is none. */
  readonly operation: string;
  readonly body: string;
}

/** A caller that AWS would quote in its texts, and that no error of ours may show. */
export const CALLER = "arn:aws:iam::111122223333:user/somebody";

/** An AWS service on this machine that answers as it is told: for what an emulator does not play, such as throttling and denial. */
export class FakeAws {
  readonly asked: FakeRequest[] = [];

  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  static async start(answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>): Promise<FakeAws> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const fake = new FakeAws(server, `http://127.0.0.1:${port}`);
    server.on("request", async (request, response) => {
      let body = "";
      for await (const data of request) body += data;
      const target = String(request.headers["x-amz-target"] ?? "");
      const asked = { operation: target === "" ? (request.method ?? "") : target.replace(/^.*\./, ""), body };
      fake.asked.push(asked);
      const { status, error, body: text = "" } = await answer(asked);
      // A careless service would quote callers, keys and even the request.
      const message = `User: ${CALLER} is not authorized; ${body}`;
      const xml = `<?xml version="1.0"?><Error><Code>${error}</Code><Message>${CALLER}</Message></Error>`;
      const shown = error === undefined ? text : target === "" ? xml : JSON.stringify({ __type: error, message });
      response.writeHead(status, { "content-type": target === "" ? "application/xml" : "application/x-amz-json-1.1" });
      response.end(shown);
    });
    return fake;
  }

  operations(): readonly string[] {
    return this.asked.map(({ operation }) => operation);
  }

  async stop(): Promise<void> {
    this.server.close().closeAllConnections();
  }
}
