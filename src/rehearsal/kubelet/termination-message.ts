import { closeSync, constants, openSync, readSync } from "node:fs";

import { terminationFile } from "./pod-paths.ts";
import type { ContainerProgress } from "./pod-status.ts";
import type { Exit } from "./runtime.ts";
import type { Work } from "./work.ts";

/** kubelet's limits: of the file, and of the log that stands in for it. */
const maxFileBytes = 4096;
const maxLogBytes = 2048;
const maxLogLines = 80;

/**
 * Adds what a container left at its terminationMessagePath; after a failure that left nothing there, with
 * terminationMessagePolicy FallbackToLogsOnError, the end of its log.
 */
export async function withLastWords({ host, pod }: Work, { container }: ContainerProgress, exit: Exit): Promise<Exit> {
  if (exit.message !== undefined) return exit;
  let message = textOf(terminationFile(host.dataDir, pod, container.name));
  if (message === "" && exit.exitCode !== 0 && container.terminationMessagePolicy === "FallbackToLogsOnError") {
    const { name = "", namespace = "", uid = "" } = pod.metadata;
    const request = { namespace, pod: name, uid, container: container.name, tailLines: maxLogLines };
    for await (const text of host.logs.read(request)) message = (message + text).slice(-maxLogBytes);
  }
  return message === "" ? exit : { ...exit, message };
}

/** Its beginning. A container may have put anything there: a pipe is not waited for, a link not followed. */
function textOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(maxFileBytes);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } catch {
    // a simulated container has none
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
