import { type FSWatcher, linkSync, lstatSync, mkdirSync, readdirSync, watch } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What to watch. All of it lies on one file system. */
export interface Watched {
  readonly folder: string;
  /** Where files are kept, as `<number>/<path in the folder>`. */
  readonly kept: string;
  /** Folders in it that are left alone. */
  readonly except: readonly string[];
}

/**
 * Keeps every file that comes to be in a folder, however deep, by a second name: what is deleted or replaced is still there to be read. What lives
 * for less than the moment that it takes to be told of it can be missed, and of what is written over in place the last content is kept.
 */
export class FileWatch {
  readonly #folders = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>();
  /** Their second name keeps the numbers from being used again. */
  readonly #inodes = new Set<number>();
  readonly #failures: unknown[] = [];

  constructor(private readonly watched: Watched) {
    mkdirSync(watched.kept);
    this.#look(watched.folder);
  }

  /** @throws AggregateError of all that went wrong while watching */
  end(): void {
    for (const { watcher } of this.#folders.values()) watcher.close();
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "files could not be watched");
  }

  #look(path: string): void {
    if (path === this.watched.kept || this.watched.except.includes(path)) return;
    try {
      const stats = lstatSync(path);
      if (stats.isDirectory()) this.#enter(path, stats.ino);
      else if (stats.isFile() && !this.#inodes.has(stats.ino)) this.#keep(path, stats.ino);
    } catch (error) {
      // It is gone again, or was kept by who wrote it.
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "ENOENT" && code !== "EEXIST") this.#failures.push(error);
    }
  }

  #enter(path: string, inode: number): void {
    const known = this.#folders.get(path);
    if (known?.inode === inode) return;
    known?.watcher.close();
    const watcher = watch(path, (_, name) => name !== null && this.#look(join(path, name)));
    watcher.on("error", (error) => this.#failures.push(error));
    this.#folders.set(path, { inode, watcher });
    // What came before it was watched.
    for (const name of readdirSync(path)) this.#look(join(path, name));
  }

  #keep(path: string, inode: number): void {
    const name = join(this.watched.kept, String(inode), relative(this.watched.folder, path));
    mkdirSync(dirname(name), { recursive: true });
    linkSync(path, name);
    this.#inodes.add(inode);
  }
}
