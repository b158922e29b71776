import type { ListQuery, ObjectApi } from "../cluster/api.ts";
import { type Job, keyOf, type Pod } from "../cluster/objects.ts";
import { Failure, messageOf } from "../kernel/failure.ts";
import { count } from "../kernel/text.ts";
import { waitUntil } from "../kernel/wait.ts";
import type { Leftover } from "../timeline/entries.ts";
import { isUnreachable } from "./connection.ts";
import type { DeploySteps } from "./deploy.ts";
import { forgetEnding } from "./ending-pods.ts";
import { kinds } from "./kinds.ts";
import { runLabel } from "./labels.ts";
import { listServed } from "./served.ts";
import type { Session } from "./session.ts";
import type { Step } from "./step.ts";
import { accessOf } from "./steps/access.ts";
import { jobStep } from "./steps/job.ts";

/** Longer than the grace period that batch jobs ask for. */
const podsTimeoutMs = 10 * 60_000;

/**
 * Undoes everything the journal says may exist, then looks for what is left. The run is over when nothing is; fails
 * with LEFTOVERS, and keeps the run open, when something is. A cluster that stays must answer, or nothing is undone:
 * fails with CLUSTER_UNREACHABLE.
 */
export async function destroy(session: Session, steps: DeploySteps, signal: AbortSignal): Promise<void> {
  await session.phase("destroy", async () => {
    const { target } = session.options;
    if (target.scope === "run") await session.require();
    await session.beginDestroy();
    const inside = await undoInside(session, steps.inside, signal);
    await session.disconnect();
    const errors = await session.undo(steps.outside, signal, "destroy");
    await endCharges(session);
    const { checked, found } = await target.leftovers(session.facts);
    const isProven = target.provesAbsence && errors.length === 0 && found.length === 0;
    // objects die with their cluster, but where nothing else proves it, that they were still there is a failure all the same
    const left = target.provesAbsence ? found : [...inside.found, ...found];
    await session.observe({ type: "leftovers", checked: [...inside.checked, ...checked], found: left });
    const fatal = isProven ? [] : [...inside.errors, ...errors];
    if (left.length > 0 || fatal.length > 0) throw leftoversFailure(left, fatal);
  });
  await forgetEnding(session);
  await session.options.target.forget();
  await session.end();
}

interface Inside {
  readonly errors: readonly unknown[];
  readonly checked: readonly string[];
  readonly found: readonly Leftover[];
}

/** Whatever happens inside the cluster, the cluster itself is taken down: goes past failures and tells of them. */
async function undoInside(session: Session, steps: readonly Step[], signal: AbortSignal): Promise<Inside> {
  const { target } = session.options;
  const errors: unknown[] = [];
  const note = (error: unknown) => {
    if (signal.aborted) throw error;
    // a cluster of the environment's own that does not answer has died; one of others has not
    if (target.scope === "run" || !isUnreachable(error)) errors.push(error);
  };
  const noteAll = (all: readonly unknown[]) => all.forEach(note);
  await jobSteps(session)
    .then((jobs) => session.undoJobs(jobs, signal, "destroy"))
    .then(noteAll)
    .catch(note);
  if (target.scope === "run") await podsGone(session, signal).catch(note);
  noteAll(await session.undo(steps, signal, "destroy"));
  const { checked, found } = await objectsLeft(session).catch((error: unknown) => {
    note(error);
    return { checked: [], found: [] };
  });
  if (target.provesAbsence) {
    const objects = found.map(({ kind, name }) => `${kind} ${name} was still there`);
    for (const message of [...errors.map(messageOf), ...objects]) await warn(session, message);
  }
  return { errors, checked, found };
}

function warn({ observe, options }: Session, message: string): Promise<void> {
  const { name } = options.environment;
  return observe({ type: "event", level: "Warning", kind: "Cluster", name, reason: "NotUndone", message });
}

/** A Job is gone before its pods, which have their grace period. */
async function podsGone(session: Session, signal: AbortSignal): Promise<void> {
  const api = await session.require();
  const { clock } = session.options;
  let left: Pod[] = [];
  const what = "pods to end";
  const explain = () => left.map((pod) => `Pod ${keyOf(pod)} still exists`);
  await waitUntil({ what, timeoutMs: podsTimeoutMs, time: session.time, clock, signal, explain }, async () => {
    left = (await api.list<Pod>({ ...kinds.pod, ...session.scope.pods })).items;
    return left.length === 0 ? true : undefined;
  });
}

/** The jobs of this run, as the cluster has them. */
export async function jobSteps(session: Session): Promise<Step[]> {
  const api = await session.api();
  const labelSelector = `${runLabel}=${session.run.run}`;
  const jobs = api === undefined ? [] : (await api.list<Job>({ ...kinds.job, labelSelector })).items;
  const known = new Set(jobs.map(keyOf));
  const gone = session.run.steps.filter((name) => name.startsWith("job/") && !known.has(name.slice("job/".length)));
  return [
    ...jobs.map((job) => jobStep(accessOf(session), job, session.run.run)),
    ...gone.map((name) => jobStep(accessOf(session), jobNamed(name.slice("job/".length)), session.run.run)),
  ];
}

function jobNamed(key: string): Job {
  const [namespace = "default", name = ""] = key.split("/");
  return { ...kinds.job, metadata: { namespace, name } };
}

/** Objects that the undone steps and the cluster's own controllers were to remove. */
async function objectsLeft(session: Session): Promise<{ checked: string[]; found: Leftover[] }> {
  const api = await session.api();
  if (api === undefined) return { checked: [], found: [] };
  const { nodeClaims, pools } = session.scope;
  const swept = [
    { what: "Jobs", ...kinds.job, labelSelector: `${runLabel}=${session.run.run}` },
    { what: "NodeClaims", ...kinds.nodeClaim, ...nodeClaims },
    { what: "NodePools", ...kinds.nodePool, ...pools },
    { what: "EC2NodeClasses", ...kinds.nodeClass, ...pools },
  ];
  const found = await Promise.all(swept.map(({ what: _, ...query }) => listNames(api, query)));
  return { checked: swept.map(({ what }) => what), found: found.flat() };
}

/** What there is of a kind, as leftovers. */
export async function listNames(api: ObjectApi, query: ListQuery): Promise<Leftover[]> {
  const kind = query.kind.toLowerCase();
  return (await listServed(api, query)).map((object) => {
    const { name, namespace } = object.metadata;
    const where = namespace === undefined ? "" : ` -n ${namespace}`;
    return { kind: query.kind, name: keyOf(object), fix: `kubectl delete ${kind} ${name}${where}` };
  });
}

async function endCharges(session: Session): Promise<void> {
  for (const charge of session.options.target.charges)
    await session.observe({ type: "charge", state: "ended", ...charge });
}

function withFix(error: unknown): string {
  const { fix } = error instanceof Failure ? error.details : {};
  return `${messageOf(error)}${fix === undefined || fix === "aura down" ? "" : `: ${fix}`}`;
}

function leftoversFailure(left: readonly Leftover[], errors: readonly unknown[]): Failure {
  return new Failure("LEFTOVERS", `${count(left.length + errors.length, "thing")} could not be taken down`, {
    why: "what is left may go on costing money or hold ports and files",
    problems: [
      ...left.map(({ kind, name, fix }) => `${kind} ${name}${fix === undefined ? "" : `: ${fix}`}`),
      ...errors.map(withFix),
    ],
    fix: "aura down",
  });
}
