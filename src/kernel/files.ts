import { constants } from "node:fs";
import { chmod, link, mkdir, open, readFile, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Failure } from "./failure.ts";

/** The text of a file, or undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT") || isCode(error, "ENOTDIR")) return undefined;
    // a folder is opened, and only then refused: without its name
    throw isCode(error, "EISDIR") ? Object.assign(error as Error, { path }) : error;
  }
}

/** Writes a file whole or not at all: a temporary file beside it, fsync, rename. `mode` defaults to 0644. */
export async function writeAtomic(path: string, text: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, "w", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(temporary, mode);
  await rename(temporary, path);
}

/** Appends one line and waits until the disk has it. */
export async function appendDurably(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o644);
  try {
    await file.appendFile(`${line}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Makes a folder and those above it. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Creates a file that must not exist yet, with its whole content at once; false when it does. */
export async function createExclusive(path: string, text: string, mode = 0o644): Promise<boolean> {
  const temporary = `${path}.${process.pid}.new`;
  await writeAtomic(temporary, text, mode);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await removeFile(temporary);
  }
}

/** Removes a file; nothing happens when there is none. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isCode(error, "ENOENT")) throw error;
  });
}

/** Removes a folder and all below it. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Whether an error is the system error with this code (`ENOENT`, `EEXIST`, …). */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** `path` below `root`, or undefined when it would leave it (`..`, an absolute path, a NUL). */
export function pathWithin(root: string, path: string): string | undefined {
  if (path.includes("\0") || path.split(/[\\/]/).includes("..")) return undefined;
  return join(root, path);
}

/** What the system says about a path that it does not let be used, and that another path or right would mend. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: "you may not read or write there",
  EPERM: "you may not do that there",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the path is too long",
};

/** The failure that a system's refusal of a path is; anything else comes back as it is. */
export function fileFailure(error: unknown): unknown {
  const { code = "", path } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  const why = refusals[code];
  if (why === undefined || path === undefined) return error;
  return new Failure("FILE_INVALID", `cannot use ${path}`, {
    why: `${why} (${code})`,
    fix: "name another path, or mend what the system says of this one",
    cause: error,
  });
}
