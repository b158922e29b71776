import type { KubeObject } from "../cluster/objects.ts";
import type { StopName } from "../kernel/vocabulary.ts";
import type { Session } from "./session.ts";
import type { Step } from "./step.ts";
import { accessOf } from "./steps/access.ts";
import { buffersStep } from "./steps/buffers.ts";
import { poolsStep } from "./steps/pools.ts";
import { workloadsStep } from "./steps/workloads.ts";
import type { Target, TargetRun } from "./target.ts";

/** The names of the steps inside, for a run that another machine began. */
export const insideStepNames = ["pools", "buffers", "workloads"] as const;

/** The steps that make an environment: first its cluster, then what is in it. */
export interface DeploySteps {
  readonly outside: readonly Step[];
  readonly inside: readonly Step[];
}

export function deploySteps(session: Session, more: Pick<TargetRun, "breakLock"> = {}): DeploySteps {
  const { options, observe, facts, scope } = session;
  const { target, confirm, environment } = options;
  const access = accessOf(session);
  const objects = target.objects(facts);
  const workloads = target.scope === "cluster" ? [workloadsStep({ access, observe })] : [];
  return {
    outside: target.steps({ ...facts, observe, confirm, ...more }),
    inside: [
      poolsStep(access, objects, { environment: environment.name, ...(target.scope === "run" && { run: facts.run }) }),
      ...settledStep(target, objects),
      buffersStep(access, scope.pools),
      ...workloads,
    ],
  };
}

/**
 * The steps up to and with one of that name. Where a target has no such step, its cluster stands for Terraform and
 * Karpenter, and nothing for what comes before a cluster.
 */
export function stepsUntil({ outside, inside }: DeploySteps, last: StopName): DeploySteps {
  const upTo = (steps: readonly Step[]) => steps.slice(0, steps.findIndex(({ name }) => name === last) + 1);
  if (last === "pools") return { outside, inside: upTo(inside) };
  const own = upTo(outside);
  const isBefore = last === "account" || last === "state";
  return { outside: own.length > 0 || isBefore ? own : outside, inside: [] };
}

/** Makes nothing: waits until what was made is ready. */
function settledStep(target: Target, objects: readonly KubeObject[]): Step[] {
  if (target.settled === undefined || objects.length === 0) return [];
  return [
    {
      name: "readiness",
      phase: "deploy",
      title: "node pools ready",
      observe: async () => "absent",
      ensure: async (signal) => target.settled?.(objects, signal),
      undo: async () => {},
    },
  ];
}

/** Makes the environment, or finds it made. */
export async function deploy(session: Session, { outside, inside }: DeploySteps, signal: AbortSignal): Promise<void> {
  const { target } = session.options;
  await session.phase("deploy", async () => {
    for (const estimate of target.estimates) await session.observe({ type: "estimate", ...estimate });
    for (const charge of target.charges) await session.observe({ type: "charge", state: "started", ...charge });
    await session.ensure([...outside, ...inside], signal);
    // before there is anything inside, nobody may answer
    if (inside.length > 0) await session.record();
  });
}
