import * as pulumi from "@pulumi/pulumi";
import { isProblems, readSettings, SETTINGS_NAMESPACE, type Settings } from "../core/settings";
import { shownProblem } from "../core/shape";

/** The exchange of an account, at once where its alias is a plain text. An unknown one is for check to name. */
export function exchangeOf(account: pulumi.Input<string>, accounts: Settings["accounts"]): pulumi.Input<string> {
  const known = (alias: string): string => accounts[alias]?.exchange ?? "";
  return typeof account === "string" ? known(account) : pulumi.output(account).apply(known);
}

/** What the stack's configuration says. @throws RunError naming every key that is wrong */
export function stackSettings(): Settings {
  const config = new pulumi.Config(SETTINGS_NAMESPACE);
  const settings = readSettings((key) => config.get(key));
  if (!isProblems(settings)) return settings;
  const lines = settings.map(shownProblem).map(({ property, reason }) => `  ${property}: ${reason}`);
  throw new pulumi.RunError(`the stack's configuration cannot be used:\n${lines.join("\n")}`);
}
