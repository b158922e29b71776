import { join } from "node:path";

import { keyOf, type Pod } from "../cluster/objects.ts";
import { messageOf } from "../kernel/failure.ts";
import { readText } from "../kernel/files.ts";
import { logPath, writeLog } from "./follow-logs.ts";
import { observeEnded } from "./job-endings.ts";
import type { Recorder } from "./recorder.ts";
import type { Session } from "./session.ts";
import { isTimeout, waitUntil } from "./wait.ts";

const tailLines = 200;
const tailCharacters = 16_384;

/**
 * Brings logs and outputs of every pod of the run home, the pods that are gone included, as far as they left any.
 * With `releaseIdle`, also waits until the idle nodes were let go: the proof that scaling down works.
 */
export async function collect(
  session: Session,
  options: { readonly releaseIdle: boolean; readonly signal: AbortSignal },
): Promise<void> {
  await session.phase("collect", async () => {
    const recorder = await session.record();
    await observeEnded(session, recorder.jobs.values());
    const collected = collectedPods(session);
    for (const pod of jobPods(recorder)) {
      if (collected.has(pod.metadata.uid ?? "") || !hasEnded(pod)) continue;
      await collectLogs(session, pod, options.signal);
      await collectOutputs(session, pod);
    }
    if (options.releaseIdle) await idleNodesReleased(session, recorder, options.signal);
    options.signal.throwIfAborted();
  });
}

function jobPods(recorder: Recorder): Pod[] {
  return [...recorder.pods.values()].filter(({ metadata }) => metadata.labels?.["batch.kubernetes.io/job-name"]);
}

/** Whether there is nothing more to come from a pod. */
function hasEnded(pod: Pod): boolean {
  return (
    pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed" || pod.metadata.deletionTimestamp !== undefined
  );
}

/** Pods whose log an earlier command collected after they had ended. */
function collectedPods(session: Session): Set<string> {
  const uids = new Map<string, string>();
  const collected = new Set<string>();
  for (const entry of session.entries) {
    if (entry.type === "pod") uids.set(`${entry.namespace}/${entry.name}`, entry.uid);
    if (entry.type === "log") collected.add(uids.get(`${entry.namespace}/${entry.pod}`) ?? "");
  }
  return collected;
}

async function collectLogs(session: Session, pod: Pod, signal: AbortSignal): Promise<void> {
  const api = await session.api();
  for (const { name: container } of pod.spec?.containers ?? []) {
    const path = logPath(pod, container);
    const file = join(session.run.reportDir, path);
    if (api !== undefined) await writeLog(api, { pod, container, path: file, follow: false, signal });
    const text = await readText(file);
    if (text === undefined) continue;
    await session.observe({
      type: "log",
      namespace: pod.metadata.namespace ?? "default",
      pod: pod.metadata.name ?? "",
      container,
      path,
      bytes: Buffer.byteLength(text),
      tail: text.split("\n").slice(-tailLines).join("\n").slice(-tailCharacters),
    });
  }
}

async function collectOutputs(session: Session, pod: Pod): Promise<void> {
  const { namespace = "default", name = "", labels } = pod.metadata;
  const job = labels?.["batch.kubernetes.io/job-name"];
  const folder = join("outputs", `${namespace}.${name}`);
  const fetched = await session.options.target
    .fetchOutputs(pod, join(session.run.reportDir, folder))
    .catch((error: unknown) => ({ files: [], problems: [messageOf(error)] }));
  for (const { path, bytes } of fetched.files) {
    await session.observe({
      type: "output",
      namespace,
      pod: name,
      ...(job !== undefined && { job }),
      path: join(folder, path),
      bytes,
    });
  }
  for (const message of fetched.problems) {
    await session.observe({
      type: "event",
      level: "Warning",
      kind: "Pod",
      namespace,
      name,
      reason: "OutputNotCollected",
      message,
    });
  }
}

/** Waits as long as the longest hold and what surrounds it; that nodes are still there then is told, not fatal. */
async function idleNodesReleased(session: Session, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const { environment, clock } = session.options;
  const longestHold = Math.max(0, ...environment.pools.map(({ holdMs }) => holdMs));
  if (recorder.nodeClaims.size === 0) return;
  await session.observe({
    type: "step",
    phase: "collect",
    step: "idle-nodes",
    state: "started",
    message: "idle nodes let go",
  });
  try {
    await waitUntil(
      { what: "idle nodes to be let go", timeoutMs: longestHold + 10 * 60_000, time: session.time, clock, signal },
      () => (recorder.nodeClaims.size === 0 ? true : undefined),
    );
    await session.observe({ type: "step", phase: "collect", step: "idle-nodes", state: "succeeded" });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const names = [...recorder.nodeClaims.values()].map(keyOf).join(", ");
    await session.observe({
      type: "step",
      phase: "collect",
      step: "idle-nodes",
      state: "failed",
      message: `still there: ${names}`,
    });
  }
}
