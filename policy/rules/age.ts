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
    "A key is rotated at least every maxAgeDays; an adopted key is overdue after maxAdoptedAgeDays, and in production that is an error.",
  severity: "high",
  remediation: "Shorten rotate.every (ApiKey) or maxAge (AdoptedApiKey), and leave onOverdue at error",
  configSchema: {
    maxAgeDays: { type: "integer", minimum: 1, default: 30, description: "The longest time between two versions of a key." },
    maxAdoptedAgeDays: {
      type: "integer",
      minimum: 1,
      default: 90,
      description: "The same for adopted keys, which a person replaces.",
    },
  },
  defaults: { maxAgeDays: 30, maxAdoptedAgeDays: 90 },
  judge: ({ adopted, environment, maxAge, onOverdue }, { maxAgeDays, maxAdoptedAgeDays }) => {
    const hours = typeof maxAge === "string" ? hoursOf(maxAge) : undefined;
    const most = adopted ? maxAdoptedAgeDays : maxAgeDays;
    const tooOld = hours !== undefined && hours > most * 24;
    const none = maxAge !== UNKNOWN && maxAge === undefined;
    const lenient = adopted && environment === "production" && onOverdue === "warn";
    return [
      ...(tooOld ? [`may become ${String(maxAge)} old, the most is ${most}d`] : []),
      ...(none ? ["has no maximum age"] : []),
      ...(lenient ? ["only warns when it is overdue"] : []),
    ];
  },
});

/** While both versions live, a leaked old one works. Above half of the age, there would be two at most times. */
export const shortOverlap = keyPolicy({
  name: "short-overlap",
  displayName: "Overlaps are short",
  description: "A superseded version goes on for at most half of the time between two versions.",
  severity: "medium",
  remediation: "Shorten rotate.overlap to what the bots need to take up the new version",
  defaults: {},
  judge: ({ maxAge, overlap }) => {
    if (typeof maxAge !== "string" || typeof overlap !== "string") return [];
    const [every, both] = [hoursOf(maxAge), overlap === "0" ? 0 : hoursOf(overlap)];
    if (every === undefined || both === undefined || both * 2 <= every) return [];
    return [`keeps a superseded version for ${overlap}, which is more than half of ${maxAge}`];
  },
});
