import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { isApiError, type ObjectApi } from "../cluster/api.ts";
import type { Pod } from "../cluster/objects.ts";
import { messageOf } from "../kernel/failure.ts";
import { makeFolder, removeFile } from "../kernel/files.ts";
import { kinds } from "./kinds.ts";
import { type LogRun, restartsOf } from "./log-runs.ts";

export interface LogCopy {
  readonly run: LogRun;
  readonly path: string;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Called with each piece that came. */
  readonly onChunk?: () => void;
}

/**
 * How a copy ended. `whole`: the file has all that the server had, and what came before it · `truncated`: it has not, for
 * the server had thrown parts away · `gone`: the pod or this run's log is not there any more · `broken`: cut off.
 */
export interface CopyEnd {
  readonly end: "whole" | "truncated" | "gone" | "broken";
  readonly why?: string;
}

const mostAttempts = 3;

/** Copies the log of one run into its file. What an earlier copy left there is replaced only by what is longer. */
export async function copyRun(api: ObjectApi, copy: LogCopy): Promise<CopyEnd> {
  try {
    return await copyAttempts(api, copy);
  } catch (error) {
    return { end: "broken", why: messageOf(error) };
  }
}

async function copyAttempts(api: ObjectApi, copy: LogCopy): Promise<CopyEnd> {
  const { pod, restart, container } = copy.run;
  // what a command that was killed had begun to copy
  await keepLonger(partOf(copy.path), copy.path);
  if (pod.spec?.restartPolicy === "Never") return copyLog(api, copy, {});
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const latest = await latestRestart(api, pod, container);
    if (latest === undefined || latest > restart + 1) return { end: "gone" };
    const result = await copyLog(api, copy, { previous: latest > restart, doubtful: attempt > 1 });
    // the API knows no runs, only the latest and the one before: a restart in between means that it may be another's
    if (result.end !== "whole" || (await latestRestart(api, pod, container).catch(() => latest)) === latest)
      return result;
  }
  return { end: "broken", why: "the container restarted faster than its log could be read" };
}

/** Undefined when the pod is gone. */
async function latestRestart(api: ObjectApi, { metadata }: Pod, container: string): Promise<number | undefined> {
  const { name = "", namespace = "default", uid } = metadata;
  try {
    const pod = await api.read<Pod>({ ...kinds.pod, metadata: { name, namespace } });
    return pod.metadata.uid === uid ? restartsOf(pod, container) : undefined;
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

interface Reading {
  readonly previous?: boolean;
  /** What is in the file may be the log of another run. */
  readonly doubtful?: boolean;
}

async function copyLog(api: ObjectApi, copy: LogCopy, { previous = false, doubtful }: Reading): Promise<CopyEnd> {
  const { path } = copy;
  const isFirst = (await sizeOf(path)) === undefined;
  const target = isFirst ? path : partOf(path);
  const result = await pour(api, copy, target, previous);
  if (isFirst) return result;
  const fits = await keepLonger(target, path, doubtful === true && result.end === "whole");
  return result.end === "whole" && !fits ? { end: "truncated" } : result;
}

function partOf(path: string): string {
  return `${path}.part`;
}

async function pour(api: ObjectApi, copy: LogCopy, path: string, previous: boolean): Promise<CopyEnd> {
  const { run, signal, onChunk } = copy;
  const { namespace = "default", name = "" } = run.pod.metadata;
  const { container } = run;
  await makeFolder(dirname(path));
  let file: FileHandle | undefined;
  try {
    const chunks = api.logs({ namespace, name }, { container, follow: copy.follow && !previous, previous, signal });
    for await (const chunk of chunks) {
      file ??= await open(path, "w");
      await file.appendFile(chunk);
      onChunk?.();
    }
    return { end: signal.aborted ? "broken" : "whole" };
  } catch (error) {
    if (isApiError(error, 404) || isApiError(error, 400)) return { end: "gone" };
    return { end: "broken", why: messageOf(error) };
  } finally {
    await file?.close();
  }
}

/**
 * Leaves the longer one of a new copy and an older one as `path`; whether it has everything that both have. A server
 * keeps only the end of a long log, so that a later copy may be the shorter one.
 */
async function keepLonger(part: string, path: string, doubtful = false): Promise<boolean> {
  const [fresh, kept] = [await sizeOf(part), await sizeOf(path)];
  if (fresh === undefined) return true;
  if (kept === undefined) {
    await rename(part, path);
    return true;
  }
  const haveSame = (place: "start" | "end") => sameBytes(part, path, place, Math.min(probeBytes, fresh, kept));
  const isLonger = fresh > kept;
  const fits = await haveSame(isLonger ? "start" : "end");
  if (isLonger || (doubtful && !fits)) await rename(part, path);
  else await removeFile(part);
  return fits || doubtful;
}

const probeBytes = 4096;

async function sameBytes(one: string, other: string, place: "start" | "end", bytes: number): Promise<boolean> {
  const read = place === "start" ? readStart : readEnd;
  return (await read(one, bytes)).equals(await read(other, bytes));
}

async function readStart(path: string, bytes: number): Promise<Buffer> {
  return readAt(path, () => 0, bytes);
}

/** The last bytes of a file; an empty buffer when there is none. */
export async function readEnd(path: string, bytes: number): Promise<Buffer> {
  return readAt(path, (size) => Math.max(0, size - bytes), bytes);
}

async function readAt(path: string, positionIn: (size: number) => number, bytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const position = positionIn((await file.stat()).size);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A file's size in bytes; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
