import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { isApiError, type ObjectApi } from "../../cluster/api.ts";
import type { Pod } from "../../cluster/objects.ts";
import { kinds } from "../../lifecycle/kinds.ts";
import { latestRuns } from "../../lifecycle/log-runs.ts";
import { jobNameLabel } from "../../lifecycle/observations.ts";
import { outputsContainer } from "../../spec/outputs.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import type { LogFlags } from "../flags.ts";

export interface LogJob {
  readonly namespace: string;
  readonly name: string;
}

/** The log of one container of one pod. */
export interface LogStream extends LogJob {
  readonly pod: string;
  readonly container: string;
  readonly source: "cluster" | "report";
  /** What makes it another one when the container starts anew. */
  readonly key: string;
  /** Whether the job's pods have several containers. */
  readonly isOneOfMany: boolean;
  pieces(signal: AbortSignal): AsyncIterable<string>;
}

type Choice = Pick<LogFlags, "container" | "previous" | "follow">;

/** What a job's pods print, as far as the cluster knows them. Init containers only where they are asked for. */
export async function clusterStreams(api: ObjectApi, job: LogJob, choice: Choice): Promise<LogStream[]> {
  const { namespace, name } = job;
  const { items } = await api.list<Pod>({ ...kinds.pod, namespace, labelSelector: `${jobNameLabel}=${name}` });
  const pods = items.sort((a, b) =>
    (a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? -1 : 1,
  );
  return pods.flatMap((pod) => {
    const own = (pod.spec?.containers ?? []).map((container) => container.name);
    const isWanted = (container: string) =>
      choice.container === undefined ? own.includes(container) : container === choice.container;
    return latestRuns(pod)
      .filter(({ container }) => isWanted(container))
      .map(({ container, restart }) => ({
        ...job,
        pod: pod.metadata.name ?? "",
        container,
        source: "cluster" as const,
        key: `${pod.metadata.uid}/${container}/${restart}`,
        isOneOfMany: choice.container === undefined && own.length > 1,
        pieces: (signal: AbortSignal) =>
          piecesOf(api, { namespace, name: pod.metadata.name ?? "" }, { container, ...choice, signal }),
      }));
  });
}

interface Reading extends Choice {
  readonly container: string;
  readonly signal: AbortSignal;
}

/** A pod that goes away in the meantime has nothing more to say. */
async function* piecesOf(
  api: ObjectApi,
  pod: { readonly namespace: string; readonly name: string },
  { container, follow, previous, signal }: Reading,
): AsyncGenerator<string> {
  try {
    yield* api.logs(pod, { container, follow: follow && !previous, previous, signal });
  } catch (error) {
    if (!isApiError(error, 404) && !isApiError(error, 400)) throw error;
  }
}

/** What the report has of a job's pods, those that the cluster has forgotten included. */
export async function reportStreams(
  reportDir: string,
  entries: readonly TimelineEntry[],
  { job, choice }: { readonly job: LogJob; readonly choice: Choice },
): Promise<LogStream[]> {
  const folder = join(reportDir, "logs");
  const files = await readdir(folder).catch(() => []);
  const pods = entries.flatMap((entry) =>
    entry.type === "pod" && entry.job === job.name && entry.namespace === job.namespace ? entry.name : [],
  );
  return [...new Set(pods)].flatMap((pod) => {
    const runs = runsIn(files, `${job.namespace}.${pod}.`);
    const containers = [...new Set(runs.map(({ container }) => container))].filter(
      (container) =>
        container === (choice.container ?? container) &&
        (choice.container !== undefined || container !== outputsContainer),
    );
    return containers.flatMap((container) => {
      const own = runs.filter((run) => run.container === container).sort((a, b) => b.restart - a.restart);
      const run = own[choice.previous ? 1 : 0];
      if (run === undefined) return [];
      const pieces = () => createReadStream(join(folder, run.file), { encoding: "utf8" });
      const isOneOfMany = containers.length > 1;
      return [{ ...job, pod, container, source: "report" as const, key: `report/${run.file}`, isOneOfMany, pieces }];
    });
  });
}

/** Log files of a pod by container and restart (see `logPath`). */
function runsIn(files: readonly string[], prefix: string) {
  return files.flatMap((file) => {
    const [, container, restart = "0"] =
      /^([a-z0-9-]+?)(?:_restart-(\d+))?\.log$/.exec(file.slice(prefix.length)) ?? [];
    return file.startsWith(prefix) && container !== undefined ? [{ file, container, restart: Number(restart) }] : [];
  });
}
