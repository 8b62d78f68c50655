const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$/;

/** What follows the `?` of a reference. */
export interface Query {
  /** The first value of each parameter that is allowed. */
  readonly values: Readonly<Record<string, string>>;
  /** Every problem, each a phrase that follows the name of a property. */
  readonly problems: readonly string[];
}

/**
 * Reads `region=…` and whatever else a scheme allows, each with its values. Pure.
 * @param allowed parameters besides `region`, with the values they take
 */
export function readQuery(query: string, allowed: Readonly<Record<string, readonly string[]>> = {}): Query {
  const parameters = [...new URLSearchParams(query)];
  const names = ["region", ...Object.keys(allowed)];
  const found = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of parameters) {
    if (found.has(name)) repeated.add(name);
    else found.set(name, value);
  }
  const problems: string[] = [...repeated].filter((name) => names.includes(name)).map((name) => `names more than one ${name}`);
  const region = found.get("region");
  if (region !== undefined && !REGION.test(region)) problems.push("names a region that is not written like eu-west-1");
  for (const [name, values] of Object.entries(allowed)) {
    const value = found.get(name);
    if (value !== undefined && !values.includes(value)) problems.push(`names a ${name} that is none of ${values.join(", ")}`);
  }
  const known = names.length === 1 ? "only region is" : `only ${names.join(" and ")} are`;
  for (const name of [...found.keys()].filter((one) => !names.includes(one))) {
    const shown = JSON.stringify(name);
    problems.push(`has the parameter ${shown}, which is not known; ${known} (credentials come from the AWS SDK's chain)`);
  }
  return { values: Object.fromEntries(found), problems };
}
