/** Runs one program against mocks, in a process of its own: which keys a program has declared is remembered for a process. */
import { readFileSync, writeSync } from "node:fs";
import { sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** What a test asks for. */
export interface Order {
  /** Path of the program. */
  readonly program: string;
  readonly config: Readonly<Record<string, string>>;
  readonly preview: boolean;
  /** What the engine would call the stack. */
  readonly stack: string;
}

/** A resource as the engine would be asked for it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What AWS would answer beside the inputs; empty in a preview. */
  readonly answered: Readonly<Record<string, string>>;
  /** `type name` of every resource that has to be there first. */
  readonly dependencies: readonly string[];
  readonly protect: boolean;
}

/** What the program did. */
export interface Report {
  readonly registered: readonly Registration[];
  readonly outputs: unknown;
  /** Whether anything of `@pulumi/aws` was loaded. */
  readonly awsLoaded: boolean;
  /** The first failure's text, and whether the CLI would show it without a stack. */
  readonly failure?: { readonly message: string; readonly plain: boolean };
}

const order: Order = JSON.parse(readFileSync(0, "utf8"));
const registered: Registration[] = [];
let failure: Report["failure"];

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  failure ??= { message, plain: error instanceof pulumi.RunError };
}

/** What mocks are not told of a resource. */
type Asked = Pick<Registration, "dependencies" | "protect">;
const requests = new Map<string, Asked>();

function asked(type: string, name: string): Asked {
  return requests.get(`${type} ${name}`) ?? { dependencies: [], protect: false };
}

function watchRequests(): void {
  const { registerResource } = MockMonitor.prototype;
  MockMonitor.prototype.registerResource = function (
    request: RegisterRequest,
    callback: Parameters<typeof registerResource>[1],
  ): Promise<void> {
    const dependencies = request.getDependenciesList().map(shortName).sort();
    requests.set(`${request.getType()} ${request.getName()}`, { dependencies, protect: request.getProtect() });
    return registerResource.call(this, request, callback);
  };
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getProtect(): boolean;
  getDependenciesList(): string[];
}

/** `urn:pulumi:stack::project::parent$aws:ec2/eip:Eip::egress` → `aws:ec2/eip:Eip egress`. */
function shortName(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)} ${name}`;
}

/** What AWS would answer, as far as a program reads it. */
function awsOutputs(type: string, name: string): Readonly<Record<string, string>> {
  if (type === "aws:ec2/eip:Eip") return { publicIp: `52.1.2.${registered.length}`, allocationId: `eipalloc-${name}` };
  if (type !== "aws:kms/key:Key") return {};
  const keyId = "01234567-89ab-cdef-0123-456789abcdef";
  return { keyId, arn: `arn:aws:kms:eu-west-1:123456789012:key/${keyId}` };
}

async function run(): Promise<void> {
  process.on("unhandledRejection", fail);
  // The CLI's host ends a program at its first uncaught error.
  process.on("uncaughtException", (error) => {
    fail(error);
    report(undefined);
    process.exit();
  });
  watchRequests();
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      // A preview knows no output of a resource that does not exist yet.
      const answered = order.preview ? {} : awsOutputs(type, name);
      registered.push({ type, name, inputs, answered, ...asked(type, name) });
      return { id: order.preview ? undefined : name, state: order.preview ? {} : { ...inputs, ...answered } };
    },
    call: ({ inputs }) => inputs,
  };
  await pulumi.runtime.setMocks(mocks, "exchange-keys", order.stack, order.preview);
  pulumi.runtime.setAllConfig({ ...order.config });
  const outputs = await runProgram().catch(fail);
  await pulumi.runtime.disconnect().catch(fail);
  // Rejections are reported after the turn in which they happened.
  await new Promise((resolve) => setImmediate(resolve));
  report(outputs);
}

function report(outputs: unknown): void {
  const awsLoaded = Object.keys(require.cache).some((path) => path.includes(`${sep}node_modules${sep}@pulumi${sep}aws${sep}`));
  const done: Report = { registered, outputs, awsLoaded, ...(failure === undefined ? {} : { failure }) };
  writeSync(1, JSON.stringify(done));
}

async function runProgram(): Promise<unknown> {
  const program = await import(order.program);
  // What a preview does not know never comes.
  if (order.preview) return undefined;
  return await new Promise((resolve) => pulumi.output({ ...program.apiKeys, ...program.adoptedKeys }).apply(resolve));
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
