import type { Stats } from "node:fs";
import type { Step } from "./way";

/** The user that this process acts as. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  /** Every group that the user is in. */
  readonly groups: readonly number[];
}

/** What lets somebody else in, as a phrase, and what to do about it. */
export interface Opening {
  readonly what: string;
  readonly remedy: string;
}

const ROOT = 0;
const STICKY = 0o1000;

/** `undefined` on Windows, where files have no such owners. */
export function callerOfProcess(): Caller | undefined {
  const { geteuid, getegid, getgroups } = process;
  if (geteuid === undefined || getegid === undefined || getgroups === undefined) return undefined;
  return { uid: geteuid.call(process), gid: getegid.call(process), groups: getgroups.call(process) };
}

/**
 * The first folder or link on a way that somebody else than the caller or root could change. In a sticky folder everybody may add, and
 * nobody may move what belongs to others, so that what comes next decides. Pure.
 */
export function foreignStep(steps: readonly Step[], caller: Caller): Opening | undefined {
  for (const { kind, path, uid, gid, mode } of steps) {
    if (uid !== ROOT && uid !== caller.uid) {
      return { what: `the ${kind} ${path} belongs to user ${uid}`, remedy: `Let it belong to user ${caller.uid} or to root.` };
    }
    if (kind === "link" || (mode & STICKY) !== 0) continue;
    const writers = writersOf({ gid, mode }, privateGroupOf(caller));
    if (writers !== undefined) return { what: shown(path, mode, writers), remedy: `chmod go-w ${path}` };
  }
  return undefined;
}

/** A link that somebody else than the caller or root could have put there, or could change. Pure. */
export function foreignLink(steps: readonly Step[], caller: Caller): Opening | undefined {
  const last = steps.findLastIndex(({ kind }) => kind === "link");
  return foreignStep(steps.slice(0, last + 1), caller);
}

/**
 * The first folder on a way that everybody may write, or a group other than the caller's own. Sticky ones above `folder` pass. Pure.
 * @param folder where a file is to be put
 */
export function sharedFolder(steps: readonly Step[], folder: string, caller: Caller): Opening | undefined {
  for (const { kind, path, gid, mode } of steps) {
    if (kind === "link" || ((mode & STICKY) !== 0 && path !== folder)) continue;
    const writers = writersOf({ gid, mode }, caller.gid);
    if (writers === undefined) continue;
    const remedy = `${writers === "everybody" ? "chmod o-w" : "chmod g-w"} ${path}, or publish in a folder of this user.`;
    return { what: shown(path, mode, writers), remedy };
  }
  return undefined;
}

/** Why a file may hold no secret. `undefined` when it may. Pure. */
export function foreignFile({ uid, gid, mode }: Pick<Stats, "uid" | "gid" | "mode">, caller: Caller): Opening | undefined {
  if (uid !== ROOT && uid !== caller.uid) {
    return { what: `belongs to user ${uid}`, remedy: `chown it to user ${caller.uid}, and find out who put it there.` };
  }
  // Root lets a user read its file by a group of that user, as Kubernetes does with fsGroup.
  const byGroup = uid === ROOT && caller.uid !== ROOT && caller.groups.includes(gid) ? 0o040 : 0;
  if ((mode & 0o077 & ~byGroup) === 0) return undefined;
  return {
    what: `is open to other users (mode ${octal(mode)})`,
    remedy: "chmod 600 it, and rotate the keys if others may have read it.",
  };
}

/** Why what a file holds may be somebody else's. `undefined` when only the caller and root can change it. Pure. */
export function changeableFile({ uid, gid, mode }: Pick<Stats, "uid" | "gid" | "mode">, caller: Caller): Opening | undefined {
  if (uid !== ROOT && uid !== caller.uid) {
    return { what: `belongs to user ${uid}`, remedy: `Let it belong to user ${caller.uid} or to root.` };
  }
  const writers = writersOf({ gid, mode }, privateGroupOf(caller));
  if (writers === undefined) return undefined;
  return { what: `may be written by ${writers} (mode ${octal(mode)})`, remedy: "chmod go-w it, and look at what it holds." };
}

/** Who may write beside the owner and `own`, a group that may. */
function writersOf({ gid, mode }: Pick<Step, "gid" | "mode">, own: number | undefined): string | undefined {
  if ((mode & 0o002) !== 0) return "everybody";
  return (mode & 0o020) !== 0 && gid !== own ? `group ${gid}` : undefined;
}

/** The group that has nobody else in it, where users have one: by custom its number is the user's. */
function privateGroupOf({ uid, gid }: Caller): number | undefined {
  return uid === gid ? gid : undefined;
}

function shown(path: string, mode: number, writers: string): string {
  return `${writers} may write the folder ${path} (mode ${octal(mode)})`;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(3, "0");
}
