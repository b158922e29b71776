import { copyFile, mkdir, open, realpath, symlink, unlink } from "node:fs/promises";
import { dirname, join, posix, sep } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

import { messageOf } from "../../kernel/failure.ts";
import { pathWithin } from "../../kernel/files.ts";
import { homeLimits } from "../../spec/outputs.ts";
import { type TarEntry, tarEntries } from "./tar.ts";

export interface Unpacked {
  /** Paths relative to the folder. */
  readonly files: { path: string; bytes: number }[];
  /** What was left out and why, one sentence each. */
  readonly problems: string[];
  /** Whether it is the archive of a folder, not of one file. */
  isFolder: boolean;
}

interface Unpacking extends Unpacked {
  readonly directory: string;
  readonly links: { path: string; target: string }[];
  bytes: number;
}

/**
 * Unpacks a tar.gz into a folder that nobody else writes to and that is empty. Nothing gets out of it: paths are looked
 * at one by one, links are made last, and those that lead out, or nowhere, are removed again and told.
 * @param limits unpacked; a small archive can hold much of the same.
 */
export async function unpack(archive: Buffer, directory: string, limits = homeLimits): Promise<Unpacked> {
  const unpacking: Unpacking = { directory, files: [], problems: [], links: [], bytes: 0, isFolder: false };
  await mkdir(directory, { recursive: true });
  const unzipped = Readable.from([archive]).pipe(createGunzip());
  try {
    for await (const entry of tarEntries(unzipped)) {
      if (unpacking.files.length >= limits.maxFiles || unpacking.bytes + entry.bytes > limits.maxBytes) {
        unpacking.problems.push("the rest is more than is brought home");
        break;
      }
      await place(unpacking, entry).catch((error: unknown) => {
        unpacking.problems.push(`${entry.path}: ${messageOf(error)}`);
      });
    }
  } catch (error) {
    unpacking.problems.push(`the archive cannot be read on: ${messageOf(error)}`);
  } finally {
    unzipped.destroy();
  }
  await makeLinks(unpacking);
  const { files, problems, isFolder } = unpacking;
  return { files, problems, isFolder };
}

async function place(unpacking: Unpacking, entry: TarEntry): Promise<void> {
  const path = safePath(entry.path);
  if (path === undefined) throw new Error("not a path below the outputs");
  const at = join(unpacking.directory, path);
  if (path === ".") unpacking.isFolder = true;
  if (entry.type === "folder") await mkdir(at, { recursive: true });
  else if (entry.type === "symlink") unpacking.links.push({ path, target: entry.target });
  else if (entry.type === "other") throw new Error("neither a file nor a folder");
  else {
    await mkdir(dirname(at), { recursive: true });
    if (entry.type === "file") await writeEntry(at, entry);
    else await copyEntry(unpacking, at, entry);
    const bytes = entry.type === "file" ? entry.bytes : sizeOf(unpacking, entry.target);
    unpacking.bytes += bytes;
    unpacking.files.push({ path, bytes });
  }
}

/** Without `./`, or undefined for one that leads elsewhere. */
function safePath(path: string): string | undefined {
  if (path.startsWith("/") || pathWithin("", path) === undefined) return undefined;
  return posix.normalize(path).replace(/\/$/, "");
}

async function writeEntry(at: string, entry: TarEntry): Promise<void> {
  const file = await open(at, "w");
  try {
    for await (const piece of entry.content()) await file.writeFile(piece);
  } finally {
    await file.close();
  }
}

/** tar writes a file with two names once. */
async function copyEntry({ directory, files }: Unpacking, at: string, { target }: TarEntry): Promise<void> {
  const path = safePath(target);
  if (path === undefined || !files.some((file) => file.path === path)) throw new Error(`no file ${target} beside it`);
  await copyFile(join(directory, path), at);
}

function sizeOf({ files }: Unpacking, target: string): number {
  return files.find((file) => file.path === safePath(target))?.bytes ?? 0;
}

async function makeLinks({ directory, links, files, problems }: Unpacking): Promise<void> {
  const made: typeof links = [];
  // all folders before the first link: none is made through one
  for (const { path } of links) await mkdir(dirname(join(directory, path)), { recursive: true }).catch(() => {});
  for (const link of links) {
    await symlink(link.target, join(directory, link.path)).then(
      () => made.push(link),
      (error: unknown) => problems.push(`${link.path}: ${messageOf(error)}`),
    );
  }
  const root = await realpath(directory);
  for (const { path, target } of made) {
    const end = await realpath(join(directory, path)).catch(() => "");
    // seen as it was packed, an absolute link leads to what is not here
    if (end.startsWith(root + sep) && !target.startsWith("/")) files.push({ path, bytes: 0 });
    else {
      await unlink(join(directory, path));
      problems.push(`${path} is a link to ${target}, which is not among the outputs`);
    }
  }
}
