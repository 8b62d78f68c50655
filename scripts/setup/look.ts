import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Candidate } from "./choice";
import { executable } from "./paths";

const run = promisify(execFile);
const answerWithinMs = 15_000;

/** A pulumi that was looked at, with the folders it needs on PATH. */
export interface Found extends Candidate {
  readonly pulumi: string;
  readonly folders: readonly string[];
}

/** The first folder that holds the program, or `undefined`. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, executable(name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** The folders of a PATH, without empty ones. */
export function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** Looks for pulumi in the folders and tries it and its Node language host. */
export async function look(place: string, folders: readonly string[]): Promise<Found> {
  const pulumi = findProgram("pulumi", folders);
  if (pulumi === undefined) return { place, pulumi: "", version: undefined, languageHost: "missing", folders: [] };
  const host = findProgram("pulumi-language-nodejs", [dirname(pulumi), ...folders]);
  const version = await answer(pulumi, ["version"]);
  const languageHost = host === undefined ? "missing" : (await answer(host, ["-h"])) === undefined ? "broken" : "works";
  return {
    place,
    pulumi,
    version,
    languageHost,
    folders: [...new Set([dirname(pulumi), ...(host === undefined ? [] : [dirname(host)])])],
  };
}

/** What the program prints when it ends well; `undefined` when it does not. */
async function answer(file: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
    return (await run(file, [...args], { timeout: answerWithinMs, env })).stdout;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
