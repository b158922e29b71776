import { join } from "node:path";

import { readText } from "../../kernel/files.ts";

/** Files that are wanted in a folder, and what is there. Paths start at the folder. */
export interface FilePlan {
  readonly folder: string;
  readonly texts: ReadonlyMap<string, string>;
  /** Those to write: new ones, and ones that differ. */
  readonly changed: readonly string[];
  /** Those of `changed` that are somebody's: there, and not what would be written. */
  readonly differing: readonly string[];
}

/** Compares; `extended` files are somebody's too, but lose nothing, and do not count as differing. */
export async function planFiles(
  folder: string,
  texts: ReadonlyMap<string, string>,
  extended: readonly string[] = [],
): Promise<FilePlan> {
  const current = await Promise.all(
    [...texts].map(async ([path, text]) => ({ path, text, there: await readText(join(folder, path)) })),
  );
  const changed = current.filter(({ text, there }) => text !== there);
  return {
    folder,
    texts,
    changed: changed.map(({ path }) => path),
    differing: changed.flatMap(({ path, there }) => (there === undefined || extended.includes(path) ? [] : [path])),
  };
}
