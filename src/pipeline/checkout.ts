import { cp, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { makeFolder } from "../kernel/files.ts";
import { count } from "../kernel/text.ts";
import type { ActionStep } from "./action-step.ts";

/** What no repository holds: what was made here, and other runs' state. */
const own = new Set([".git", ".aura", "node_modules", "report"]);

/** `actions/checkout`: what git would commit of the project's folder, changes included; without git, all but what was made. */
export async function checkout({ world, say }: ActionStep): Promise<void> {
  const files = (await gitFiles(world)) ?? (await filesIn(world.project));
  for (const file of files) {
    const to = join(world.place.work, file);
    await makeFolder(dirname(to));
    // what git knows may have been deleted
    await cp(join(world.project, file), to, { verbatimSymlinks: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  say(`${count(files.length, "file")} of the working tree`);
}

async function gitFiles({ commands, project, path }: ActionStep["world"]): Promise<string[] | undefined> {
  const env = { PATH: path };
  if ((await commands.find("git", env)) === undefined) return undefined;
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { code, stdout } = await commands.run({ command: "git", args, cwd: project, env });
  if (code !== 0) return undefined;
  const files = stdout.split(/[\0\n]/).filter((file) => file !== "" && !own.has(file.split("/")[0] ?? ""));
  return [...new Set(files)];
}

async function filesIn(folder: string, path = ""): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    if (path === "" && own.has(entry.name)) return [];
    const below = join(path, entry.name);
    return entry.isDirectory() ? filesIn(folder, below) : [below];
  });
  return (await Promise.all(found)).flat();
}
