import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { makeFolder, removeFile } from "../../kernel/files.ts";
import type { FilePlan } from "./file-plan.ts";

/** Writes what a plan changes: all of it under other names first, so that a full disk or a missing right leaves nothing. */
export async function writePlan({ folder, texts, changed }: FilePlan, pid: number): Promise<void> {
  const files = changed.map((path) => {
    const target = join(folder, path);
    return { target, temporary: `${target}.${pid}.tmp`, text: texts.get(path) ?? "" };
  });
  try {
    for (const { temporary, text } of files) {
      await makeFolder(dirname(temporary));
      await writeFile(temporary, text, { flush: true });
    }
  } catch (error) {
    await Promise.all(files.map(({ temporary }) => removeFile(temporary).catch(() => undefined)));
    throw error;
  }
  for (const { target, temporary } of files) await rename(temporary, target);
}
