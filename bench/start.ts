import { join } from "node:path";
import { changesIn, type Stack } from "../harness/stack";
import { type Course, openStack } from "./race";

/** With and without the entry for AWS. */
const STARTS = ["plain", "aws"] as const;
type Start = (typeof STARTS)[number];

/** Resources of each: the stack and one key, and the component. */
const RESOURCES: Readonly<Record<Start, number>> = { plain: 2, aws: 3 };

/** Seconds of one preview of each, one after the other. */
export type StartPair = Readonly<Record<Start, number>>;

type StartCourse = Pick<Course, "toolchain" | "env" | "project" | "folder">;

/** First previews of one key, `rounds` of each program by turns, so that what else the machine does slows both alike. */
export async function raceStarts(course: StartCourse, rounds: number): Promise<readonly StartPair[]> {
  const open = async (kind: Start): Promise<Stack> => {
    const stack = await openStack({ ...course, kind, count: 1, folder: join(course.folder, `start-${kind}`) });
    // What a first run compiles or reads from the disk, all find then.
    await preview(kind, stack);
    return stack;
  };
  const stacks: Readonly<Record<Start, Stack>> = { plain: await open("plain"), aws: await open("aws") };
  const pairs: StartPair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const seconds = { plain: 0, aws: 0 };
    // By turns each goes first.
    for (const kind of round % 2 === 0 ? STARTS : STARTS.toReversed()) seconds[kind] = await preview(kind, stacks[kind]);
    pairs.push(seconds);
  }
  return pairs;
}

/** @returns seconds. @throws Error when the preview does not plan everything */
async function preview(kind: Start, stack: Stack): Promise<number> {
  const since = performance.now();
  const planned = changesIn(await stack.must("preview"))["to create"];
  const seconds = (performance.now() - since) / 1000;
  if (planned !== RESOURCES[kind])
    throw new Error(`the preview of ${kind} plans ${planned} resources instead of ${RESOURCES[kind]}`);
  return seconds;
}
