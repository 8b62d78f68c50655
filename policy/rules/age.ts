import { UNKNOWN } from "../preview";
import { keyPolicy } from "../rule";

const HOURS = { h: 1, d: 24, w: 168 } as const;

/** Hours of `24h`, `30d` or `2w`; undefined for what the provider's check refuses anyway. */
function hoursOf(duration: string): number | undefined {
  const [, count, unit] = /^([0-9]+)([hdw])$/.exec(duration) ?? [];
  return unit === "h" || unit === "d" || unit === "w" ? Number(count) * HOURS[unit] : undefined;
}

/** An old key has been in more backups, logs and hands than a young one. */
export const maximumAge = keyPolicy({
  name: "maximum-age",
  displayName: "Keys are replaced in time",
  description:
    "A key is rotated at least every maxAgeDays; an adopted key is overdue by then, and in production that is an error.",
  severity: "high",
  remediation: "Shorten rotate.every (ApiKey) or maxAge (AdoptedApiKey), and leave onOverdue at error",
  configSchema: {
    maxAgeDays: { type: "integer", minimum: 1, default: 90, description: "The longest time between two versions of a key." },
  },
  defaults: { maxAgeDays: 90 },
  judge: ({ adopted, environment, maxAge, onOverdue }, { maxAgeDays }) => {
    const hours = typeof maxAge === "string" ? hoursOf(maxAge) : undefined;
    const tooOld = hours !== undefined && hours > maxAgeDays * 24;
    const none = maxAge !== UNKNOWN && maxAge === undefined;
    const lenient = adopted && environment === "production" && onOverdue === "warn";
    return [
      ...(tooOld ? [`may become ${String(maxAge)} old, the most is ${maxAgeDays}d`] : []),
      ...(none ? ["has no maximum age"] : []),
      ...(lenient ? ["only warns when it is overdue"] : []),
    ];
  },
});
