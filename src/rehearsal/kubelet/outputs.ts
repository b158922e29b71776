import { constants, createWriteStream, type Dirent } from "node:fs";
import { lstat, mkdir, open, readdir, readlink, realpath, symlink } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

import type { Pod } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { declaredOutputs, hostPath, pathMappings, podDirectory } from "./pod-paths.ts";

export interface OutputLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** Estimates of what a report should carry home; a model's weights belong in object storage. */
export const defaultOutputLimits: OutputLimits = { maxBytes: 10 * 2 ** 30, maxFiles: 100_000 };

export interface CopiedOutputs {
  /** Paths relative to the target folder. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** What was left out and why, one sentence each. */
  readonly problems: readonly string[];
}

/** A pod's declared outputs and where they are on this machine. A folder the pod never ran in may not exist. */
export function outputsOf(
  dataDir: string,
  pod: Pod,
): { readonly path: string; readonly directory: string; readonly root: string }[] {
  const mappings = (pod.spec?.containers ?? []).flatMap((container) => pathMappings(dataDir, pod, container));
  const root = podDirectory(dataDir, pod);
  return declaredOutputs(pod).flatMap((path) => {
    const directory = hostPath(mappings, path);
    return directory === undefined ? [] : { path, directory, root };
  });
}

/**
 * Copies a folder (or one file) into the folder `to`, names kept, until a limit is reached. Links inside the folder
 * are made again; links that lead out of it, sockets and devices are left out and reported.
 * @param options.root a folder that `from` must not have left through links; its own parent when absent.
 */
export async function copyOutputs(
  from: string,
  to: string,
  options: Partial<OutputLimits> & { readonly root?: string } = {},
): Promise<CopiedOutputs> {
  const status = await lstat(from).catch(() => undefined);
  if (status === undefined) return { files: [], problems: [] };
  const root = options.root ?? dirname(from);
  const real = await realpath(from);
  if (real !== join(await realpath(root), relative(root, from))) {
    return {
      files: [],
      problems: [`${basename(from)} is a link that leads out of the pod's folder; it was not followed`],
    };
  }
  const copy: Copy = {
    from: real,
    to,
    files: [],
    problems: [],
    bytes: 0,
    limits: { ...defaultOutputLimits, ...options },
  };
  const within = await (status.isDirectory()
    ? copyFolder(copy, "")
    : copyOne({ ...copy, from: dirname(real) }, basename(real)));
  if (!within) copy.problems.push(limitReached(copy));
  return { files: copy.files, problems: copy.problems };
}

interface Copy {
  readonly from: string;
  readonly to: string;
  readonly files: { path: string; bytes: number }[];
  readonly problems: string[];
  readonly limits: OutputLimits;
  bytes: number;
}

/** False when a limit ended the copying. */
async function copyFolder(copy: Copy, folder: string): Promise<boolean> {
  await mkdir(join(copy.to, folder), { recursive: true });
  const entries = await readdir(join(copy.from, folder), { withFileTypes: true });
  for (const entry of entries.sort(byName)) {
    if (!(await copyEntry(copy, join(folder, entry.name), entry))) return false;
  }
  return true;
}

async function copyEntry(copy: Copy, path: string, entry: Dirent): Promise<boolean> {
  try {
    if (entry.isDirectory()) return await copyFolder(copy, path);
    if (entry.isSymbolicLink()) return await copyLink(copy, path);
    if (entry.isFile()) return await copyOne(copy, path);
    copy.problems.push(`${path} is neither a file nor a folder`);
  } catch (error) {
    copy.problems.push(`${path}: ${messageOf(error)}`);
  }
  return true;
}

async function copyLink(copy: Copy, path: string): Promise<boolean> {
  const target = await realpath(join(copy.from, path)).catch(() => undefined);
  if (target === undefined || !target.startsWith(copy.from + sep)) {
    copy.problems.push(`${path} is a link to ${await readlink(join(copy.from, path))}, which is not in the folder`);
    return true;
  }
  if (copy.files.length >= copy.limits.maxFiles) return false;
  // relative to the link, so that it leads nowhere but into the copy
  await symlink(relative(dirname(join(copy.from, path)), target), join(copy.to, path)).catch(ignoreExisting);
  copy.files.push({ path, bytes: 0 });
  return true;
}

/**
 * Opened without following a link and without waiting for a pipe: the file may have been swapped since it was listed.
 * One that grows while it is copied is cut at the limit.
 */
async function copyOne(copy: Copy, path: string): Promise<boolean> {
  const source = await open(join(copy.from, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await source.stat();
    if (!status.isFile()) throw new Error("not a file any more");
    const left = copy.limits.maxBytes - copy.bytes;
    if (copy.files.length >= copy.limits.maxFiles || status.size > left) return false;
    await mkdir(dirname(join(copy.to, path)), { recursive: true });
    const target = createWriteStream(join(copy.to, path));
    await pipeline(source.createReadStream({ autoClose: false, end: Math.max(0, left - 1) }), target);
    copy.files.push({ path, bytes: target.bytesWritten });
    copy.bytes += target.bytesWritten;
    return true;
  } finally {
    await source.close();
  }
}

function limitReached({ files, bytes, limits }: Copy): string {
  const mib = (number: number) => `${Math.round(number / 2 ** 20)} MiB`;
  return (
    `stopped after ${count(files.length, "file")} and ${mib(bytes)}: ` +
    `the limit is ${count(limits.maxFiles, "file")} and ${mib(limits.maxBytes)}`
  );
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
