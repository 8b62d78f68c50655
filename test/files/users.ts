/** A user of no account, in groups of no account. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups?: readonly number[];
}

/** Only root can act as others. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Acts as another user, and as root again. */
export async function asUser<T>({ uid, gid, groups = [] }: User, act: () => Promise<T>): Promise<T> {
  const { getgroups, setgroups, setegid, seteuid } = process;
  if (!getgroups || !setgroups || !setegid || !seteuid) throw new Error("this system has no such users");
  const before = getgroups.call(process);
  setgroups.call(process, [gid, ...groups]);
  setegid.call(process, gid);
  seteuid.call(process, uid);
  try {
    return await act();
  } finally {
    seteuid.call(process, 0);
    setegid.call(process, 0);
    setgroups.call(process, before);
  }
}
