import { createReadStream } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

import { messageOf } from "../../kernel/failure.ts";
import { makeFolder, removeTree } from "../../kernel/files.ts";
import { declaredOutputs, outputsContainer } from "../../spec/outputs.ts";
import { isApiError, type ObjectApi } from "../api.ts";
import type { Pod } from "../objects.ts";
import { besideOf, type FetchedFiles } from "./beside.ts";
import { type FramedLog, readFrames } from "./frames.ts";
import { type Unpacked, unpack } from "./unpack.ts";

export interface LogOutputsOptions {
  /** Where to. What is there is replaced, all at once. */
  readonly directory: string;
  /** A copy of the log that was made while it was written, if it was: a pod that is removed takes its log with it. */
  readonly copy?: string;
}

/**
 * Brings home what the container beside a job has packed into its log. Never fails: what did not come, or not whole, is
 * told. With one declared path its files are in `directory`, with several each is below its own path.
 */
export async function fetchLogOutputs(
  api: Pick<ObjectApi, "logs"> | undefined,
  pod: Pod,
  { directory, copy }: LogOutputsOptions,
): Promise<FetchedFiles> {
  if (besideOf(pod) === undefined) return { files: [], problems: [] };
  const read = [
    ...(copy === undefined ? [] : [() => readFrames(createReadStream(copy, { encoding: "utf8" }))]),
    ...(api === undefined ? [] : [() => readFrames(logOf(api, pod))]),
  ];
  const { log, why } = await firstComplete(read);
  if (log === undefined) return { files: [], problems: [`the outputs could not be read: ${why}`] };
  const unfinished = log.complete ? [] : [unfinishedText];
  const { files, problems } = await unpackAll(log, pod, directory);
  return { files, problems: [...problems, ...unfinished] };
}

const unfinishedText =
  "the outputs are not whole: what sends them was ended before it was done; a longer terminationGracePeriodSeconds gives it time";

function logOf(api: Pick<ObjectApi, "logs">, { metadata }: Pod): AsyncIterable<string> {
  return api.logs(
    { namespace: metadata.namespace ?? "default", name: metadata.name ?? "" },
    { container: outputsContainer },
  );
}

/** The first log that is complete, else the one with the most in it. */
async function firstComplete(
  readings: readonly (() => Promise<FramedLog>)[],
): Promise<{ readonly log: FramedLog | undefined; readonly why: string }> {
  let [best, why]: [FramedLog | undefined, string] = [undefined, "the cluster does not answer"];
  for (const read of readings) {
    const log = await read().catch((error: unknown) => {
      why = isApiError(error, 404) ? "the pod was removed before its log was read" : messageOf(error);
      return undefined;
    });
    if (log !== undefined && (best === undefined || log.archives.size >= best.archives.size)) best = log;
    if (best?.complete) break;
  }
  return { log: best, why };
}

/** Beside the folder first, so that what is there is whole. */
async function unpackAll({ archives, problems: told }: FramedLog, pod: Pod, directory: string): Promise<FetchedFiles> {
  const paths = declaredOutputs(pod);
  const problems = told.map(({ path, message }) => `${paths[path - 1] ?? "outputs"}: ${message}`);
  const files = new Map<string, FetchedFiles["files"][number]>();
  const part = `${directory}.part`;
  const home = join(part, "home");
  await removeTree(part);
  for (const [number, archive] of archives) {
    const path = paths[number - 1];
    if (path === undefined) continue;
    const from = join(part, String(number));
    const unpacked = await unpack(archive, from);
    problems.push(...unpacked.problems);
    const folder = paths.length === 1 ? "" : path.slice(1);
    const to = unpacked.isFolder ? folder : posix.dirname(folder);
    await moveInto(from, join(home, to), unpacked);
    for (const { path, bytes } of unpacked.files)
      files.set(posix.join(to, path), { path: posix.join(to, path), bytes });
  }
  if (files.size > 0) {
    await removeTree(directory);
    await rename(home, directory);
  }
  await removeTree(part);
  return { files: [...files.values()], problems };
}

/** A folder takes the place of what is there, which is the same: a declared path below another. A file joins others. */
async function moveInto(from: string, to: string, { isFolder, files }: Unpacked): Promise<void> {
  await makeFolder(dirname(to));
  if (isFolder) {
    await removeTree(to);
    await rename(from, to);
    return;
  }
  await makeFolder(to);
  for (const { path } of files) await rename(join(from, path), join(to, path));
}
