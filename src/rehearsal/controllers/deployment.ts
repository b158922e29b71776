import { type Deployment, keyOf, type ReplicaSet } from "../../cluster/objects.ts";
import { claim, claimants } from "./claim.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { ownerKeyOf } from "./pod-index.ts";
import type { Requeue } from "./queue.ts";
import { controllerOf, deploymentKind, isDeleting, nameOf, refTo, replicaSetKind } from "./refs.ts";
import type { Rollout } from "./rollout.ts";
import { recreate, rescale, roll } from "./rollout-scale.ts";
import { ensureFresh, isRescaled, removeHistory, rolloutOf } from "./rollout-sets.ts";
import { isComplete, type Turn, writeRolloutStatus } from "./rollout-status.ts";

/**
 * The deployment controller of Kubernetes 1.35: a ReplicaSet for each template, rolled over as the strategy says. A change
 * of a ReplicaSet brings its Deployment back, so each turn takes one step.
 */
export function startDeployments(deps: ControllerDeps): () => void {
  return startController(deps, {
    name: "deployment",
    reconcile: (key) => reconcile(deps, key),
    watches: [
      watching<Deployment>(deploymentKind, keyOf),
      watching<ReplicaSet>(replicaSetKind, (set) =>
        controllerOf(set) === undefined
          ? claimants(deps.core, deploymentKind, set)
          : ownerKeyOf(set, deploymentKind.kind),
      ),
    ],
  });
}

function reconcile(deps: ControllerDeps, key: string): Requeue | undefined {
  const { core } = deps;
  const deployment = core.find<Deployment>(refTo(deploymentKind, key));
  if (deployment === undefined) return undefined;
  const turn = isDeleting(deployment) ? { isStill: true } : advance(deps, read(deps, deployment));
  return writeRolloutStatus(deps, read(deps, core.read<Deployment>(refTo(deploymentKind, key))), turn);
}

/** As it is now, after what this turn wrote. */
function read({ core }: ControllerDeps, deployment: Deployment): Rollout {
  const { namespace = "default" } = deployment.metadata;
  const sets = core.list<ReplicaSet>({ ...replicaSetKind, namespace }).items;
  return rolloutOf(deployment, claim(core, deployment, sets));
}

function advance(deps: ControllerDeps, rollout: Rollout): Turn {
  const { core, events } = deps;
  const { deployment } = rollout;
  const isPaused = deployment.spec?.paused === true;
  if (isPaused || isRescaled(rollout)) {
    rescale(deps, rollout);
    if (isPaused) removeHistory(core, rollout);
    return { isStill: true };
  }
  let made: string | undefined;
  const fresh = (): ReplicaSet | undefined => {
    const ensured = ensureFresh(core, rollout);
    const set = ensured.rollout.fresh;
    if (!ensured.isMade || set === undefined) return set;
    made = nameOf(set);
    const message = `Scaled up replica set ${made} from 0 to ${set.spec?.replicas ?? 0}`;
    events.deployments.record(deployment, "Normal", "ScalingReplicaSet", message);
    return set;
  };
  try {
    step(deps, rollout, fresh);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    events.deployments.record(deployment, "Warning", "ReplicaSetCreateError", failure);
    return { isStill: false, failure };
  }
  if (isComplete(deployment, deployment.status ?? {})) removeHistory(core, rollout);
  return { isStill: false, ...(made !== undefined && { made }) };
}

function step(deps: ControllerDeps, rollout: Rollout, fresh: () => ReplicaSet | undefined): void {
  const isRecreated = rollout.deployment.spec?.strategy?.type === "Recreate";
  const set = isRecreated ? undefined : fresh();
  if (isRecreated) recreate(deps, rollout, fresh);
  else if (set !== undefined) roll(deps, { ...rollout, fresh: set }, set);
}
