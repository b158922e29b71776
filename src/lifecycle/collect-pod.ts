import { join } from "node:path";

import type { ObjectApi } from "../cluster/api.ts";
import type { Pod } from "../cluster/objects.ts";
import { messageOf } from "../kernel/failure.ts";
import { removeFile, writeAtomic } from "../kernel/files.ts";
import { outputsContainer } from "../spec/outputs.ts";
import { logNotCollected } from "./collected-pods.ts";
import type { LogFollower } from "./follow-logs.ts";
import { copyRun, readEnd, sizeOf } from "./log-copy.ts";
import { type LogRun, latestRuns, logPath } from "./log-runs.ts";
import { jobNameOf } from "./observations.ts";
import type { Session } from "./session.ts";

export interface Collecting {
  readonly session: Session;
  readonly api: ObjectApi | undefined;
  /** The follower of this command's logs, if it followed any. */
  readonly logs: LogFollower | undefined;
  readonly signal: AbortSignal;
}

interface Problem {
  readonly reason: string;
  readonly message: string;
}

const tailBytes = 64 * 1024;
const tailLines = 200;
const tailCharacters = 16_384;

/** Brings one pod's outputs and logs home. What cannot be had is told in the timeline and keeps no other pod waiting. */
export async function collectPod(collecting: Collecting, pod: Pod): Promise<void> {
  const { session, signal } = collecting;
  if (signal.aborted) return;
  const problems: Problem[] = [];
  const latest = latestRuns(pod);
  for (const run of latest) problems.push(...(await fetchRuns(collecting, run)));
  // a copy that was cut off is none: the next command collects this pod
  if (signal.aborted) return;
  const notHome = await collectOutputs(session, pod);
  problems.push(...notHome);
  for (const run of latest.flatMap(earlierToo)) {
    if (run.container !== outputsContainer) await observeLog(session, run);
    // no log of the job's: it has carried the outputs, or says why it has not
    else if (notHome.length === 0) await removeFile(fileOf(session, run));
  }
  for (const problem of problems) await observeProblem(session, pod, problem);
}

function earlierToo(latest: LogRun): LogRun[] {
  return Array.from({ length: latest.restart + 1 }, (_, restart) => ({ ...latest, restart }));
}

/** The logs of a container's runs; a server has those of the last two only, earlier ones were followed or are lost. */
async function fetchRuns(collecting: Collecting, latest: LogRun): Promise<Problem[]> {
  const problems: Problem[] = [];
  const lost: number[] = [];
  for (const run of earlierToo(latest)) {
    if (await collecting.logs?.finish(run)) continue;
    if (run.restart >= latest.restart - 1) problems.push(...(await fetchLog(collecting, run)));
    else if ((await sizeOf(fileOf(collecting.session, run))) === undefined) lost.push(run.restart);
  }
  if (lost.length > 0) {
    const runs = lost.length === 1 ? `run ${lost[0]}` : `runs ${lost[0]} to ${lost.at(-1)}`;
    problems.push(truncated(latest, `${runs} ended before the log could be read`));
  }
  return problems;
}

async function fetchLog({ session, api, signal }: Collecting, run: LogRun): Promise<Problem[]> {
  if (api === undefined) return [];
  const path = fileOf(session, run);
  const { end, why } = await copyRun(api, { run, path, follow: false, signal });
  if (end === "truncated") return [truncated(run, "the server keeps the end of a long log only")];
  if (end === "broken") return [{ reason: logNotCollected, message: `log of container ${run.container}: ${why}` }];
  if (end === "gone" && (await keepLog(session, run, path))) return [];
  // without a file nothing says that there ever was a log
  const isCutOff = end === "gone" && (await sizeOf(path)) !== undefined;
  return isCutOff ? [truncated(run, "the pod was removed before its log was read to the end")] : [];
}

/** The target may have what the cluster has forgotten; true when it had as much as was copied before, or more. */
async function keepLog({ options: { target } }: Session, { pod, container }: LogRun, path: string): Promise<boolean> {
  const pieces: string[] = [];
  for await (const piece of target.keptLog(pod, container)) pieces.push(piece);
  const text = pieces.join("");
  if (text === "" || Buffer.byteLength(text) < ((await sizeOf(path)) ?? 0)) return false;
  await writeAtomic(path, text);
  return true;
}

function truncated({ container }: LogRun, why: string): Problem {
  return { reason: "LogTruncated", message: `the log of container ${container} is not whole: ${why}` };
}

function fileOf(session: Session, run: LogRun): string {
  return join(session.run.reportDir, logPath(run));
}

async function observeLog(session: Session, run: LogRun): Promise<void> {
  const file = fileOf(session, run);
  const bytes = await sizeOf(file);
  if (bytes === undefined) return;
  const text = (await readEnd(file, tailBytes)).toString("utf8");
  await session.observe({
    type: "log",
    namespace: run.pod.metadata.namespace ?? "default",
    pod: run.pod.metadata.name ?? "",
    container: run.container,
    path: logPath(run),
    bytes,
    tail: text.split("\n").slice(-tailLines).join("\n").slice(-tailCharacters),
  });
}

async function collectOutputs(session: Session, pod: Pod): Promise<Problem[]> {
  const { namespace = "default", name = "" } = pod.metadata;
  const job = jobNameOf(pod);
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
  return fetched.problems.map((message) => ({ reason: "OutputNotCollected", message }));
}

function observeProblem(session: Session, { metadata }: Pod, problem: Problem): Promise<void> {
  const { namespace = "default", name = "" } = metadata;
  return session.observe({ type: "event", level: "Warning", kind: "Pod", namespace, name, ...problem });
}
