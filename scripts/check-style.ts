import { languageOf } from "./style/language/limits";
import { apply, type Result } from "./style/rule";
import { documentRules, houseRules } from "./style/rules";
import { exchangeIds, readDocuments, readSources } from "./style/source";

/** The table *rule, expected, found*, and below it each place that breaks a rule. */
function render(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ rule }) => rule.length));
  const row = (cells: readonly [string, string, string]) =>
    `${cells[0].padEnd(width)}  ${cells[1].padStart(8)}  ${cells[2].padStart(5)}`;
  const rows = results.map(({ rule, expected, found, violations }) =>
    [row([rule, String(expected), String(found)]), ...violations.map((place) => `    ${place}`)].join("\n"),
  );
  return [row(["rule", "expected", "found"]), ...rows].join("\n");
}

async function main(): Promise<number> {
  const sources = readSources();
  const documents = readDocuments();
  const language = await languageOf(sources, documents);
  const results = [
    ...houseRules(exchangeIds(sources)).map((rule) => apply(rule, sources)),
    ...documentRules().map((rule) => apply(rule, [...sources, ...documents])),
    ...language.results,
  ];
  console.log(`${language.numbers}\n\n${render(results)}`);
  return results.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
