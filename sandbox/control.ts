import { type Context, Hono } from "hono";
import type { z } from "zod";
import type { SandboxClock } from "./clock";
import { clockOrder, faultInput, frost, keyEdit, newDoor, newKey, newStanding, newSubAccount } from "./control-schema";
import type { Exchange } from "./exchange";
import type { Faults } from "./faults";
import { proofOf } from "./former-key";
import type { App } from "./listen";
import { ControlRefusal } from "./refusals";
import type { RequestLog } from "./request-log";
import type { SecretLedger } from "./secret-ledger";

/** What the control port looks at and moves. */
export interface Controlled {
  readonly exchanges: readonly Exchange[];
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly ledger: SecretLedger;
  /** @returns an origin for each exchange */
  openDoor(address: string): Promise<Record<string, string>>;
}

/** The control port. It has no protection but loopback: it exists in the sandbox only. */
export function controlApp(controlled: Controlled): App {
  const app: App = new Hono();
  app.use(async (context, next) => {
    // A web page that made its name resolve to this machine would send that name.
    if (!/^127\.0\.0\.1:[0-9]+$/.test(context.req.header("host") ?? "")) throw new ControlRefusal(400, "not for this host");
    await next();
  });
  app.onError((error, context) => {
    if (error instanceof ControlRefusal) return context.json({ error: error.message }, error.status);
    return context.json({ error: "the sandbox failed" }, 500);
  });
  app.get("/health", (context) => context.json({ ok: true }));
  clockRoutes(app, controlled);
  keyRoutes(app, controlled);
  parentRoutes(app, controlled);
  faultRoutes(app, controlled);
  app.get("/requests", (context) => context.json(controlled.log.all()));
  app.delete("/requests", (context) => {
    controlled.log.clear();
    return context.json({});
  });
  app.post("/doors", async (context) => {
    const { address } = await order(context, newDoor);
    if (!address.startsWith("127.")) throw new ControlRefusal(400, "a door's address begins with 127.");
    return context.json({ endpoints: await controlled.openDoor(address) });
  });
  return app;
}

function clockRoutes(app: App, { clock }: Controlled): void {
  const shown = () => ({ offsetMs: clock.offsetMs, now: new Date(clock.now()).toISOString() });
  app.get("/clock", (context) => context.json(shown()));
  app.post("/clock", async (context) => {
    const move = await order(context, clockOrder);
    clock.set("offsetMs" in move ? move.offsetMs : clock.offsetMs + move.advanceMs);
    return context.json(shown());
  });
}

function keyRoutes(app: App, { exchanges, ledger }: Controlled): void {
  const named = (id: string) => find(exchanges, id);
  app.get("/keys", (context) => {
    const id = context.req.query("exchange");
    return context.json((id === undefined ? exchanges : [named(id)]).flatMap((exchange) => exchange.keys()));
  });
  app.get("/secrets", (context) => context.json(ledger.all()));
  app.post("/keys/:exchange", async (context) => {
    const exchange = named(context.req.param("exchange"));
    const key = await order(context, newKey);
    if (key.was !== undefined && exchange.takesFormerKeys?.includes(proofOf(key.was)) !== true)
      throw new ControlRefusal(400, "such a key of an earlier run is not made again at this exchange");
    return context.json(exchange.addKey(key));
  });
  app.patch("/keys/:exchange/:apiKey", async (context) => {
    const { exchange, apiKey } = context.req.param();
    return context.json(named(exchange).editKey(apiKey, await order(context, keyEdit)));
  });
  app.delete("/keys/:exchange/:apiKey", (context) => {
    const { exchange, apiKey } = context.req.param();
    named(exchange).removeKey(apiKey);
    return context.json({});
  });
  app.put("/keys/:exchange/:apiKey/standing", async (context) => {
    const { exchange, apiKey } = context.req.param();
    return context.json({ taken: setStanding(named(exchange), apiKey, await order(context, newStanding)) });
  });
  app.post("/sub-accounts", async (context) => {
    const { exchange, subAccount } = await order(context, newSubAccount);
    named(exchange).addSubAccount(subAccount);
    return context.json({});
  });
  app.put("/sub-accounts/frost", async (context) => {
    const { exchange, subAccount, frozen } = await order(context, frost);
    const { freezeSubAccount } = named(exchange);
    if (freezeSubAccount === undefined) throw new ControlRefusal(400, "this exchange shows no frozen sub-accounts");
    freezeSubAccount(subAccount, frozen);
    return context.json({});
  });
}

function parentRoutes(app: App, { exchanges }: Controlled): void {
  const named = (id: string) => find(exchanges, id);
  app.post("/parents/:exchange", (context) => {
    const { addParent } = named(context.req.param("exchange"));
    if (addParent === undefined) throw new ControlRefusal(400, "this exchange makes no second parent");
    return context.json(addParent());
  });
  app.patch("/parents/:exchange", async (context) => {
    named(context.req.param("exchange")).editParent(await order(context, keyEdit));
    return context.json({});
  });
  app.put("/parents/:exchange/standing", async (context) => {
    const exchange = named(context.req.param("exchange"));
    return context.json({ taken: setStanding(exchange, undefined, await order(context, newStanding)) });
  });
}

function setStanding(exchange: Exchange, apiKey: string | undefined, { standing }: z.output<typeof newStanding>): boolean {
  if (exchange.setStanding === undefined) throw new ControlRefusal(400, "keys are always in good standing at this exchange");
  return exchange.setStanding(apiKey, standing);
}

function faultRoutes(app: App, { exchanges, faults }: Controlled): void {
  app.get("/faults", (context) => context.json(faults.pending()));
  app.post("/faults", async (context) => {
    const fault = await order(context, faultInput);
    // A fault that can never strike would be a test that cannot fail.
    if (fault.exchange !== undefined) find(exchanges, fault.exchange);
    return context.json({ id: faults.add(fault) });
  });
  app.delete("/faults", (context) => {
    faults.clear();
    return context.json({});
  });
}

function find(exchanges: readonly Exchange[], id: string): Exchange {
  const exchange = exchanges.find((candidate) => candidate.id === id);
  if (exchange === undefined) throw new ControlRefusal(404, `there is no exchange "${id}" here`);
  return exchange;
}

async function order<T extends z.ZodType>(context: Context, schema: T): Promise<z.output<T>> {
  const body: unknown = await context.req.json().catch(() => {
    throw new ControlRefusal(400, "the body is not JSON");
  });
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ControlRefusal(400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is not right"}`);
}
