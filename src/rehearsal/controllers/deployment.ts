import type { Deployment, ReplicaSet } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import { find, isDeleting, list, nameOf, namespaceOf } from "../core/refs.ts";
import { claim, ownerKeys } from "./claim.ts";
import { startController, watching } from "./controller.ts";
import type { ControllerDeps } from "./deps.ts";
import { isRecreated, type Rollout, wantedOf } from "./rollout.ts";
import { isRescaled, recreate, rescale, roll } from "./rollout-scale.ts";
import { ensureFresh, removeHistory, rolloutOf } from "./rollout-sets.ts";
import { isComplete, type Turn, writeRolloutStatus } from "./rollout-status.ts";

/**
 * The deployment controller of Kubernetes 1.35: a ReplicaSet for each template, rolled over as the strategy says. A change
 * of a ReplicaSet brings its Deployment back, so each turn takes one step.
 */
export function startDeployments(deps: ControllerDeps): () => void {
  const { core } = deps;
  return startController(deps, {
    kind: "Deployment",
    reconcile(deployment, key) {
      const turn = isDeleting(deployment) ? { isStill: true } : advance(deps, read(deps, deployment));
      // As it is after what this turn wrote
      const now = find(core, "Deployment", key);
      return now && writeRolloutStatus(deps, read(deps, now), turn);
    },
    watches: [watching("ReplicaSet", (set) => ownerKeys(core, "Deployment", set))],
  });
}

function read({ core }: ControllerDeps, deployment: Deployment): Rollout {
  return rolloutOf(deployment, claim(core, deployment, list(core, "ReplicaSet", namespaceOf(deployment))));
}

function advance(deps: ControllerDeps, rollout: Rollout): Turn {
  const { core, events } = deps;
  const { deployment } = rollout;
  const isPaused = deployment.spec?.paused === true;
  if (isPaused || (!isRecreated(deployment) && isRescaled(rollout))) {
    rescale(deps, rollout);
    if (isPaused) removeHistory(core, rollout);
    return { isStill: true };
  }
  let made: string | undefined;
  const fresh = (): ReplicaSet => {
    const set = ensureFresh(core, rollout);
    if (rollout.fresh !== undefined) return set;
    made = nameOf(set);
    const message = `Scaled up replica set ${made} from 0 to ${wantedOf(set)}`;
    events.deployments.record(deployment, "Normal", "ScalingReplicaSet", message);
    return set;
  };
  try {
    step(deps, rollout, fresh);
  } catch (error) {
    events.deployments.record(deployment, "Warning", "ReplicaSetCreateError", messageOf(error));
    return { isStill: false, failure: messageOf(error) };
  }
  if (isComplete(deployment, deployment.status ?? {})) removeHistory(core, rollout);
  return { isStill: false, ...(made !== undefined && { made }) };
}

function step(deps: ControllerDeps, rollout: Rollout, fresh: () => ReplicaSet): void {
  if (isRecreated(rollout.deployment)) recreate(deps, rollout, fresh);
  else roll(deps, rollout, fresh());
}
