import { verifyJournal } from "../providers/src/journal/verify";

/**
 * What is wrong with the journal that killed runs have left, one line each. A torn last line and an act without an outcome are no harm: their
 * process was killed there.
 */
export async function journalProblems(folder: string): Promise<readonly string[]> {
  const { acts, archived, newer, problems } = await verifyJournal(folder);
  const nothing = acts === 0 ? ["no act is written"] : [];
  const removed = archived.map((file) => `${file}: is gone`);
  return [...problems, ...newer, ...removed, ...nothing].map((problem) => `journal: ${problem}`);
}
