import { type FakeAnswer, FakeAws, type FakeRequest } from "../aws-api/fake-aws";

interface Version {
  readonly Version: number;
  readonly Value: string;
  readonly Description: string;
  readonly Type: "String";
}

/** Called before a request is answered: to let others act in between, to wait, or to answer otherwise. */
export type Between = (request: FakeRequest) => Promise<FakeAnswer | undefined> | FakeAnswer | undefined;

/** Parameter Store with one parameter, as far as documents use it; it can lag, and others can act between two requests. */
export class ModelSsm {
  readonly versions: Version[] = [];
  between: Between = () => undefined;
  /** This many of the latest versions are not shown yet. Each read shows one more. */
  lag = 0;
  private fake: FakeAws | undefined;

  static async start(): Promise<ModelSsm> {
    const model = new ModelSsm();
    model.fake = await FakeAws.start((request) => model.answer(request));
    return model;
  }

  get endpoint(): string {
    return this.fake?.endpoint ?? "";
  }

  get operations(): readonly string[] {
    return this.fake?.operations() ?? [];
  }

  get value(): string | undefined {
    return this.versions.at(-1)?.Value;
  }

  put(Value: string, Description: string): number {
    this.versions.push({ Version: this.versions.length + 1, Value, Description, Type: "String" });
    return this.versions.length;
  }

  async stop(): Promise<void> {
    await this.fake?.stop();
  }

  private async answer(request: FakeRequest): Promise<FakeAnswer> {
    const other = await this.between(request);
    return other ?? this.play(request);
  }

  private play({ operation, body }: FakeRequest): FakeAnswer {
    const { Value = "", Description = "", Overwrite = false } = JSON.parse(body) as Partial<Version> & { Overwrite?: boolean };
    const shown = this.versions.slice(0, this.versions.length - this.lag);
    const ok = (content: object): FakeAnswer => ({ status: 200, body: JSON.stringify(content) });
    if (operation === "PutParameter") {
      if (!Overwrite && this.versions.length > 0) return { status: 400, error: "ParameterAlreadyExists" };
      return ok({ Version: this.put(Value, Description), Tier: "Standard" });
    }
    if (this.lag > 0) this.lag -= 1;
    if (operation === "GetParameterHistory") return ok({ Parameters: shown });
    const latest = shown.at(-1);
    return latest === undefined ? { status: 400, error: "ParameterNotFound" } : ok({ Parameter: latest });
  }
}
