import { cp, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import { makeFolder, removeTree } from "../kernel/files.ts";
import { count } from "../kernel/text.ts";
import type { ActionStep } from "./action-step.ts";
import { searchFiles } from "./artifact-search.ts";

/** `actions/upload-artifact`, into a folder that the other jobs see. */
export async function uploadArtifact({ given, place, say }: ActionStep): Promise<void> {
  const { name = "artifact", path = "", overwrite } = given;
  const missing = given["if-no-files-found"] ?? "warn";
  const folder = artifactFolder(place.artifacts, name);
  const { root, files } = await searchFiles(place.work, path.split("\n"), given["include-hidden-files"] === "true");
  if (files.length === 0) {
    const words = `no file was found with the paths: ${path.trim().split("\n").join(", ")}`;
    if (missing === "error") throw new Error(words);
    if (missing === "warn") say(`warning: ${words}`);
    return;
  }
  if ((await artifactNames(place.artifacts)).includes(name)) {
    if (overwrite !== "true") throw new Error(`there is an artifact ${name} already`);
    await removeTree(folder);
  }
  for (const file of files) await copyFile(join(place.work, file), join(folder, relative(root, file)));
  say(`artifact ${name}: ${count(files.length, "file")}`);
}

/** `actions/download-artifact`, into the repository's folder or the one that `path` names. */
export async function downloadArtifact({ given, place, say }: ActionStep): Promise<void> {
  const { name = "", path = "" } = given;
  if (!(await artifactNames(place.artifacts)).includes(name)) throw new Error(`artifact not found for name: ${name}`);
  await cp(artifactFolder(place.artifacts, name), join(place.work, path), { recursive: true });
  say(`artifact ${name} is here`);
}

export async function artifactNames(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

function artifactFolder(artifacts: string, name: string): string {
  if (!/^[\w. -]+$/.test(name) || name.startsWith("."))
    throw new Error(`an artifact cannot be called ${JSON.stringify(name)}`);
  return join(artifacts, name);
}

async function copyFile(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await cp(from, to);
}
