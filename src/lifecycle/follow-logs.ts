import { open } from "node:fs/promises";
import { join } from "node:path";

import { isApiError, type ObjectApi } from "../cluster/api.ts";
import type { Pod } from "../cluster/objects.ts";
import { makeFolder } from "../kernel/files.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";

export interface LogFollower {
  /** Stops following; what came so far is in the files. */
  stop(): Promise<void>;
}

/**
 * Writes the log of every container into the report's folder while it runs, so that a pod that is evicted, or whose
 * node is reclaimed, leaves its log behind.
 */
export function followLogs(session: Session, recorder: Recorder): LogFollower {
  const controller = new AbortController();
  const following = new Map<string, Promise<void>>();
  const look = () => {
    for (const pod of recorder.pods.values()) {
      for (const container of startedContainers(pod)) {
        const key = `${pod.metadata.uid}/${container}`;
        if (!following.has(key)) following.set(key, follow(session, pod, container, controller.signal));
      }
    }
  };
  const off = recorder.onChange(look);
  look();
  return {
    async stop() {
      off();
      controller.abort();
      await Promise.all(following.values());
    },
  };
}

/** Where a container's log is kept, relative to the report's folder. */
export function logPath(pod: Pod, container: string): string {
  return join("logs", `${pod.metadata.namespace ?? "default"}.${pod.metadata.name}.${container}.log`);
}

function startedContainers(pod: Pod): string[] {
  const statuses = pod.status?.containerStatuses ?? [];
  return statuses.filter(({ state }) => state?.running ?? state?.terminated).map(({ name }) => name);
}

async function follow(session: Session, pod: Pod, container: string, signal: AbortSignal): Promise<void> {
  const api = await session.api();
  if (api === undefined) return;
  const path = join(session.run.reportDir, logPath(pod, container));
  // a stream that breaks loses nothing: collect reads the log again while the pod exists
  await writeLog(api, { pod, container, path, follow: true, signal }).catch(() => false);
}

export interface LogCopy {
  readonly pod: Pod;
  readonly container: string;
  readonly path: string;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Copies a container's log into a file; false when the pod, or its log, is gone. */
export async function writeLog(api: ObjectApi, copy: LogCopy): Promise<boolean> {
  const { pod, container, path, signal } = copy;
  const { namespace = "default", name = "" } = pod.metadata;
  await makeFolder(join(path, ".."));
  const chunks = api.logs({ namespace, name }, { container, follow: copy.follow, signal });
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    for await (const chunk of chunks) {
      file ??= await open(path, "w");
      await file.write(chunk);
    }
    return true;
  } catch (error) {
    if (signal.aborted || isApiError(error, 404) || isApiError(error, 400)) return false;
    throw error;
  } finally {
    await file?.close();
  }
}
