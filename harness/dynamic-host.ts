import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { root } from "../scripts/setup/paths";
import { FakeEngine } from "./fake-engine";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource as the engine keeps it. */
export interface Held {
  readonly id: string;
  readonly properties: Properties;
}

/** What a call of the engine was answered with, where it was an error. */
export class HostFailure extends Error {
  /** @param partial what the engine records of a half-made resource. @param gone true when there was no answer: the host has ended */
  constructor(
    message: string,
    readonly partial: (Held & { readonly reasons: readonly string[] }) | undefined,
    readonly gone: boolean,
  ) {
    super(message);
  }
}

export interface HostOptions {
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The stack's configuration, by full names; values as the engine sends them: text, or JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Modules to load first. */
  readonly preload?: readonly string[];
}

/** A Pulumi project's name, as the engine tells it to a host. */
const PROJECT = "exchange-keys";

/**
 * Pulumi's own host of dynamic providers, as a process, spoken to as the engine does: over gRPC. One lives as long as one run of the CLI.
 */
export class DynamicHost {
  #texts = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly engine: FakeEngine,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#texts += text;
      });
    }
  }

  /** @throws Error when it does not come up */
  static async start({ env, config, preload = [] }: HostOptions): Promise<DynamicHost> {
    const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const own = { PULUMI_NODEJS_PROJECT: PROJECT, PULUMI_PROJECT: PROJECT };
    const engine = await FakeEngine.start();
    const args = [...preload.flatMap((path) => ["--require", path]), script, engine.address];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...own, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Nobody is left to stop it when this process has ended.
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => {
      process.removeListener("exit", kill);
      engine.end();
    });
    const port = await firstLine(child);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const host = new DynamicHost(child, client, engine);
    await host.configure(config);
    return host;
  }

  /** All that it has printed since it came up. */
  get printed(): string {
    return this.#texts;
  }

  /** What became of the process; undefined while it lives. */
  get exit(): number | NodeJS.Signals | undefined {
    return this.child.exitCode ?? this.child.signalCode ?? undefined;
  }

  async check(
    olds: Properties,
    news: Properties,
  ): Promise<{ readonly inputs: Properties; readonly failures: readonly string[] }> {
    const request = new messages.CheckRequest().setOlds(struct(olds)).setNews(struct(news));
    const answer = await this.call<messages.CheckResponse>((done) => this.client.check(request, done));
    const failures = answer.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: plain(answer.getInputs()), failures };
  }

  /** @returns whether there is something to change */
  async diff({ id, properties }: Held, news: Properties): Promise<boolean> {
    const request = new messages.DiffRequest().setId(id).setOlds(struct(properties)).setNews(struct(news));
    const answer = await this.call<messages.DiffResponse>((done) => this.client.diff(request, done));
    return answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME;
  }

  /** @throws HostFailure */
  async create(inputs: Properties): Promise<Held> {
    const request = new messages.CreateRequest().setProperties(struct(inputs));
    const answer = await this.call<messages.CreateResponse>((done) => this.client.create(request, done));
    return { id: answer.getId(), properties: plain(answer.getProperties()) };
  }

  /** @throws HostFailure */
  async update({ id, properties }: Held, news: Properties): Promise<Held> {
    const request = new messages.UpdateRequest().setId(id).setOlds(struct(properties)).setNews(struct(news));
    const answer = await this.call<messages.UpdateResponse>((done) => this.client.update(request, done));
    return { id, properties: plain(answer.getProperties()) };
  }

  /** @returns nothing for a resource that is gone. @throws HostFailure */
  async read({ id, properties }: Held): Promise<(Held & { readonly inputs: Properties }) | undefined> {
    const request = new messages.ReadRequest().setId(id).setProperties(struct(properties));
    const answer = await this.call<messages.ReadResponse>((done) => this.client.read(request, done));
    if (answer.getId() === "") return undefined;
    return { id: answer.getId(), properties: plain(answer.getProperties()), inputs: plain(answer.getInputs()) };
  }

  /** @throws HostFailure */
  async delete({ id, properties }: Held): Promise<void> {
    const request = new messages.DeleteRequest().setId(id).setProperties(struct(properties));
    await this.call((done) => this.client.delete(request, done));
  }

  /** What it sees when the CLI alone is killed. */
  loseEngine(): void {
    this.engine.end();
  }

  /** As a crash of the machine ends it. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  /** As the engine ends it when a run is over. */
  async stop(): Promise<void> {
    this.client.close();
    if (this.exit !== undefined) return;
    const ended = once(this.child, "exit");
    this.kill();
    await ended;
  }

  private async configure(config: Readonly<Record<string, string>>): Promise<void> {
    const request = new messages.ConfigureRequest().setArgs(struct(config));
    await this.call((done) => this.client.configure(request, done));
  }

  private async call<T>(send: (done: (error: grpc.ServiceError | null, answer: T) => void) => void): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      send((error, answer) => (error === null || error === undefined ? resolve(answer) : reject(failureOf(error))));
    });
  }
}

function failureOf(error: grpc.ServiceError): HostFailure {
  const [details] = error.metadata.get("grpc-status-details-bin");
  const gone = error.code === grpc.status.UNAVAILABLE || error.code === grpc.status.CANCELLED;
  if (!Buffer.isBuffer(details)) return new HostFailure(error.details, undefined, gone);
  const [packed] = Status.deserializeBinary(details).getDetailsList();
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(packed?.getValue_asU8() ?? new Uint8Array());
  const partial = { id: failed.getId(), properties: plain(failed.getProperties()), reasons: failed.getReasonsList() };
  return new HostFailure(error.details, partial, false);
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function plain(given: Struct | undefined): Properties {
  return given?.toJavaScript() ?? {};
}

/** Its port: the first thing it says. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the host has no standard output");
  const lines = createInterface({ input: child.stdout });
  try {
    return await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error("the host ended before it said its port")));
      lines.once("line", resolve);
    });
  } finally {
    lines.close();
  }
}
