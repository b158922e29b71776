import type { TimelineEntry } from "./entries.ts";
import type { JobModel, NodeModel, PodModel } from "./model-types.ts";
import { type EntryOf, firstTimes, grouped, only } from "./order.ts";

/** Every job that was submitted, in the order they were; one that was run again counts once for each time. */
export function jobModels(
  ordered: readonly TimelineEntry[],
  pods: readonly PodModel[],
  nodes: readonly NodeModel[],
  lastAt: number,
): JobModel[] {
  const podsByJob = grouped(pods, ({ namespace, job }) => `${namespace}/${job}`);
  const nodesByName = new Map(nodes.map((node) => [node.name, node]));
  return [...grouped(only(ordered, "job"), ({ namespace, name }) => `${namespace}/${name}`)].flatMap(([key, entries]) =>
    submissions(told(entries)).flatMap(({ entries: own, from, to }) => {
      const attempts = (podsByJob.get(key) ?? []).filter(({ at }) => isWithin(at.created, from, to));
      const node = nodesByName.get(attempts.at(-1)?.node ?? "");
      const job = jobModel(own, attempts, lastAt);
      return job === undefined ? [] : { ...job, ...(node && { node }) };
    }),
  );
}

/** Each state once for each moment: what a resumed run tells again is no new submission. */
function told(entries: readonly EntryOf<"job">[]): EntryOf<"job">[] {
  return [...grouped(entries, ({ state, at }) => `${state} ${at}`).values()].flatMap(([first]) => first ?? []);
}

interface Submission {
  readonly entries: EntryOf<"job">[];
  readonly from: number;
  to: number;
}

/** Splits a job's entries where it is submitted after it had run to its end; after an interruption it goes on. */
function submissions(entries: readonly EntryOf<"job">[]): Submission[] {
  const split: Submission[] = [];
  for (const entry of entries) {
    const current = split.at(-1);
    const ended = current?.entries.some(({ state }) => state === "succeeded" || state === "failed") ?? false;
    if (current !== undefined && !(ended && entry.state === "submitted")) {
      current.entries.push(entry);
      continue;
    }
    if (current !== undefined) current.to = entry.at;
    split.push({ entries: [entry], from: current === undefined ? Number.NEGATIVE_INFINITY : entry.at, to: Infinity });
  }
  return split;
}

/** Object times are whole seconds, so a pod may seem a second older than its job's submission. */
function isWithin(at: number | undefined, from: number, to: number): boolean {
  return at === undefined || (at >= from - 1000 && at < to - 1000);
}

function jobModel(
  entries: readonly EntryOf<"job">[],
  attempts: readonly PodModel[],
  lastAt: number,
): JobModel | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  // a job that was given up and then resumed ends again: its last end counts
  const end = entries.findLast(({ state }) => state !== "submitted");
  const last = attempts.at(-1);
  const exitCode = attempts.findLast((attempt) => attempt.exitCode !== undefined)?.exitCode;
  const message = end?.message ?? (last?.end === "succeeded" ? undefined : (last?.message ?? last?.reason));
  return {
    namespace: first.namespace,
    name: first.name,
    gpus: Math.max(...entries.map(({ gpus }) => gpus)),
    status: end === undefined || end.state === "submitted" ? "unfinished" : end.state,
    ...times(entries, attempts, { endAt: end?.at, lastAt }),
    ...(exitCode !== undefined && { exitCode }),
    ...(message !== undefined && { message }),
    attempts,
  };
}

function times(
  entries: readonly EntryOf<"job">[],
  attempts: readonly PodModel[],
  { endAt, lastAt }: { readonly endAt: number | undefined; readonly lastAt: number },
) {
  const starts = attempts.flatMap(({ at }) => at.running ?? []);
  const ends = attempts.flatMap((attempt) => attempt.endAt ?? []);
  const submittedAt = firstTimes(entries).submitted ?? attempts[0]?.at.created ?? entries[0]?.at ?? 0;
  const startedAt = starts.length === 0 ? undefined : Math.min(...starts);
  const endedAt = endAt === undefined ? undefined : endedBy(ends, attempts.length, endAt);
  const pendingUntil = startedAt ?? endedAt ?? lastAt;
  return {
    submittedAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    pendingSeconds: Math.max(0, pendingUntil - submittedAt) / 1000,
    runSeconds: startedAt === undefined ? 0 : Math.max(0, (endedAt ?? lastAt) - startedAt) / 1000,
  };
}

/** A job's end is noticed a moment after its last pod's, which is the true one once every pod has ended. */
function endedBy(ends: readonly number[], attempts: number, noticedAt: number): number {
  return attempts > 0 && ends.length === attempts ? Math.min(noticedAt, Math.max(...ends)) : noticedAt;
}
