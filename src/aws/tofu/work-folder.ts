import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

import { isCode, readText, removeFile, writeAtomic } from "../../kernel/files.ts";

/** What an engine reads by itself where it finds it. */
const readByItself = /\.(tf|tofu)(\.json)?$|\.tfvars(\.json)?$/;

/**
 * Puts files (by path, relative to `folder`) into a folder, each whole or not at all, and removes what an older
 * environment left there for the engine to read. What the engine itself keeps there (`.terraform`, states) stays.
 */
export async function writeWorkFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    const target = join(folder, path);
    if ((await readText(target)) !== text) await writeAtomic(target, text);
  }
  for (const path of await filesBelow(folder)) {
    if (readByItself.test(path) && !files.has(relative(folder, path))) await removeFile(path);
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  const found = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === ".terraform" ? [] : filesBelow(path);
    return [path];
  });
  return (await Promise.all(found)).flat();
}
