import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { dirname, isAbsolute, join, parse, sep } from "node:path";

/** A folder or link that a path goes through, and who may change what lies there. */
export interface Step {
  readonly kind: "folder" | "link";
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Where a path leads. */
export interface Way {
  /** Without links, but for one that leads nowhere. */
  readonly path: string;
  /** Of what is there. Absent where nothing is. */
  readonly stats?: Stats;
  /** Every folder and link on the way, in order. Those that are not there are not among them. */
  readonly steps: readonly Step[];
}

interface Place {
  readonly path: string;
  readonly stats?: Stats;
}

/** As the kernel allows. */
const MAX_LINKS = 40;

/** Follows an absolute path link by link, and says what it went through. Opens nothing. @throws NodeJS.ErrnoException */
export async function followWay(path: string): Promise<Way> {
  const steps: Step[] = [];
  const { root } = parse(path);
  const place = await walk({ path: root, stats: await lstat(root) }, path.slice(root.length), steps);
  return { ...place, steps };
}

async function walk(from: Place, rest: string, steps: Step[]): Promise<Place> {
  const names = rest.split(sep).filter((name) => name !== "" && name !== ".");
  let here = from;
  for (const [index, name] of names.entries()) {
    if (here.stats !== undefined) steps.push(stepOf("folder", here.path, here.stats));
    const path = name === ".." ? dirname(here.path) : join(here.path, name);
    const stats = await lstat(path).catch(missing);
    if (stats === undefined) return { path: join(path, ...names.slice(index + 1)) };
    if (stats.isSymbolicLink()) steps.push(stepOf("link", path, stats));
    const there = stats.isSymbolicLink() ? await follow(path, here, steps) : { path, stats };
    // A link that leads nowhere is itself what is in the way.
    if (there.stats === undefined) return { path: join(path, ...names.slice(index + 1)) };
    here = there;
  }
  return here;
}

async function follow(link: string, from: Place, steps: Step[]): Promise<Place> {
  if (steps.filter(({ kind }) => kind === "link").length > MAX_LINKS) {
    throw Object.assign(new Error("too many links"), { code: "ELOOP" });
  }
  const target = await readlink(link);
  if (!isAbsolute(target)) return await walk(from, target, steps);
  const { root } = parse(target);
  return await walk({ path: root, stats: await lstat(root) }, target.slice(root.length), steps);
}

function stepOf(kind: Step["kind"], path: string, { uid, gid, mode }: Stats): Step {
  return { kind, path, uid, gid, mode };
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
