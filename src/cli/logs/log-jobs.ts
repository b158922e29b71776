import type { ObjectApi } from "../../cluster/api.ts";
import { type Job, keyOf } from "../../cluster/objects.ts";
import { Failure } from "../../kernel/failure.ts";
import { didYouMean } from "../../kernel/text.ts";
import { kinds } from "../../lifecycle/kinds.ts";
import { runLabel } from "../../lifecycle/labels.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import type { LogJob } from "./log-streams.ts";

/** The Jobs of a run that are in the cluster. */
export async function runJobsOf(api: ObjectApi, run: string): Promise<Job[]> {
  return (await api.list<Job>({ ...kinds.job, labelSelector: `${runLabel}=${run}` })).items;
}

/**
 * The jobs whose logs are wanted: all, or the one that is called so, as `name` or `namespace/name`. Fails with USAGE
 * when there is none.
 */
export function wantedJobs(
  jobs: readonly Job[],
  entries: readonly TimelineEntry[],
  name: string | undefined,
): LogJob[] {
  const known = new Map<string, LogJob>();
  for (const entry of entries) if (entry.type === "job") known.set(`${entry.namespace}/${entry.name}`, entry);
  for (const job of jobs) {
    const { namespace = "default", name: own = "" } = job.metadata;
    known.set(keyOf(job), { namespace, name: own });
  }
  const all = [...known.values()].map(({ namespace, name: own }) => ({ namespace, name: own }));
  if (name === undefined) return all;
  const found = all.filter((job) => name === job.name || name === `${job.namespace}/${job.name}`);
  if (found.length > 0) return found;
  const names = all.map((job) => job.name);
  const near = didYouMean(name, names);
  throw new Failure("USAGE", `no job ${name} in this run`, {
    why: names.length === 0 ? "none was submitted yet" : `its jobs are ${names.join(", ")}`,
    fix: near === undefined ? "aura logs shows all of them" : `aura logs ${near}`,
  });
}
