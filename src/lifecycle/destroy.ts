import type { KindRef, ObjectApi } from "../cluster/api.ts";
import { type Job, type KubeObject, keyOf } from "../cluster/objects.ts";
import { Failure, messageOf } from "../kernel/failure.ts";
import { count } from "../kernel/text.ts";
import type { Leftover } from "../timeline/entries.ts";
import { isUnreachable } from "./connection.ts";
import type { DeploySteps } from "./deploy.ts";
import { forgetEnding } from "./ending-pods.ts";
import { kinds } from "./kinds.ts";
import { runLabel } from "./labels.ts";
import type { Session } from "./session.ts";
import type { Step } from "./step.ts";
import { accessOf } from "./steps/access.ts";
import { jobStep } from "./steps/job.ts";

/**
 * Undoes everything the journal says may exist, then looks for what is left. The run is over when nothing is; fails
 * with LEFTOVERS, and keeps the run open, when something is.
 */
export async function destroy(session: Session, steps: DeploySteps, signal: AbortSignal): Promise<void> {
  await session.phase("destroy", async () => {
    const { target } = session.options;
    await session.beginDestroy();
    const errors: unknown[] = [];
    // whatever happens inside the cluster, the cluster itself is taken down
    const collectErrors = (error: unknown) => {
      if (signal.aborted) throw error;
      if (!isUnreachable(error)) errors.push(error);
    };
    const undo = async (steps: readonly Step[]) => {
      for (const error of await session.undo(steps, signal, "destroy")) collectErrors(error);
    };
    await jobSteps(session).then(undo).catch(collectErrors);
    await undo(steps.inside);
    const objects = await objectsLeft(session).catch((error: unknown) => {
      collectErrors(error);
      return { checked: [], found: [] };
    });
    await session.disconnect();
    errors.push(...(await session.undo(steps.outside, signal, "destroy")));
    await endCharges(session);
    const { checked, found } = await target.leftovers();
    // objects die with a rehearsed cluster, but that they were still there is a failure all the same
    const left = [...objects.found, ...found];
    await session.observe({ type: "leftovers", checked: [...objects.checked, ...checked], found: left });
    if (left.length > 0 || errors.length > 0) throw leftoversFailure(left, errors);
  });
  await forgetEnding(session);
  await session.options.target.forget();
  await session.end();
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

const swept: readonly { readonly what: string; readonly kind: KindRef }[] = [
  { what: "Jobs", kind: kinds.job },
  { what: "NodeClaims", kind: kinds.nodeClaim },
  { what: "NodePools", kind: kinds.nodePool },
  { what: "EC2NodeClasses", kind: kinds.nodeClass },
];

/** Objects that the undone steps and the cluster's own controllers were to remove. */
async function objectsLeft(session: Session): Promise<{ checked: string[]; found: Leftover[] }> {
  const api = await session.api();
  if (api === undefined) return { checked: [], found: [] };
  const found = await Promise.all(swept.map(({ kind }) => listNames(api, kind, session)));
  return { checked: swept.map(({ what }) => what), found: found.flat() };
}

async function listNames(api: ObjectApi, kind: KindRef, session: Session): Promise<Leftover[]> {
  const labelSelector = kind.kind === "Job" ? { labelSelector: `${runLabel}=${session.run.run}` } : {};
  const { items } = await api.list<KubeObject>({ ...kind, ...labelSelector });
  return items.map((object) => ({
    kind: kind.kind,
    name: keyOf(object),
    fix: `kubectl delete ${kind.kind.toLowerCase()} ${object.metadata.name}`,
  }));
}

async function endCharges(session: Session): Promise<void> {
  for (const charge of session.options.target.charges)
    await session.observe({ type: "charge", state: "ended", ...charge });
}

function leftoversFailure(left: readonly Leftover[], errors: readonly unknown[]): Failure {
  return new Failure("LEFTOVERS", `${count(left.length + errors.length, "thing")} could not be taken down`, {
    why: "what is left may go on costing money or hold ports and files",
    problems: [
      ...left.map(({ kind, name, fix }) => `${kind} ${name}${fix === undefined ? "" : `: ${fix}`}`),
      ...errors.map((error) => messageOf(error)),
    ],
    fix: "aura down",
  });
}
