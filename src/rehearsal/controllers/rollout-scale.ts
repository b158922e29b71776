import type { ReplicaSet } from "../../cluster/objects.ts";
import { nameOf, refOf } from "../core/refs.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";
import { bounds, desiredKey, maxKey, type Rollout, setsOf, sizeAnnotations, sum, wantedOf } from "./rollout.ts";

const available = ({ status }: ReplicaSet) => status?.availableReplicas ?? 0;

/** Scales one ReplicaSet, tells it its Deployment's size, and says so. Returns whether it has another size now. */
function scale({ core, events }: ControllerDeps, { deployment }: Rollout, set: ReplicaSet, replicas: number): boolean {
  const from = wantedOf(set);
  const patch = { metadata: { annotations: sizeAnnotations(deployment) }, spec: { replicas } };
  core.patch(refOf(set), patch, { fieldManager: controllerManager });
  if (from === replicas) return false;
  const message = `Scaled ${replicas > from ? "up" : "down"} replica set ${nameOf(set)} from ${from} to ${replicas}`;
  events.deployments.record(deployment, "Normal", "ScalingReplicaSet", message);
  return true;
}

/** Kubernetes' rolling update, one step: up with the new pods as far as maxSurge lets it, else down with the old ones. */
export function roll(deps: ControllerDeps, { deployment, old }: Rollout, fresh: ReplicaSet): void {
  const rollout = { deployment, old, fresh };
  const wanted = wantedOf(deployment);
  const room = wanted + bounds(deployment).surge - sum(setsOf(rollout), wantedOf);
  const next = Math.min(wanted, wantedOf(fresh) + Math.max(0, room));
  if (!scale(deps, rollout, fresh, next)) scaleDownOld(deps, rollout, fresh);
}

/** Pods that are not available go first: nobody misses them. */
function scaleDownOld(deps: ControllerDeps, rollout: Rollout, fresh: ReplicaSet): void {
  const all = setsOf(rollout);
  const least = wantedOf(rollout.deployment) - bounds(rollout.deployment).unavailable;
  let unhealthy = sum(all, wantedOf) - least - (wantedOf(fresh) - available(fresh));
  let healthy = Math.max(0, sum(all, available) - least);
  if (unhealthy <= 0) return;
  const sizes = rollout.old.map((set) => {
    const taken = Math.max(0, Math.min(unhealthy, wantedOf(set) - available(set)));
    unhealthy -= taken;
    return [set, wantedOf(set) - taken] as const;
  });
  for (const [set, size] of sizes) {
    const taken = Math.min(healthy, size);
    healthy -= taken;
    if (size - taken !== wantedOf(set)) scale(deps, rollout, set, size - taken);
  }
}

/** All old pods end before the first new one starts. */
export function recreate(deps: ControllerDeps, rollout: Rollout, fresh: () => ReplicaSet): void {
  const isScaled = rollout.old.map((set) => wantedOf(set) > 0 && scale(deps, rollout, set, 0));
  const isAlive = ({ status }: ReplicaSet) => (status?.replicas ?? 0) + (status?.terminatingReplicas ?? 0) > 0;
  if (isScaled.includes(true) || rollout.old.some(isAlive)) return;
  scale(deps, rollout, fresh(), wantedOf(rollout.deployment));
}

/** Whether the Deployment's size changed since its ReplicaSets last heard of it. */
export function isRescaled(rollout: Rollout): boolean {
  const wanted = String(wantedOf(rollout.deployment));
  return setsOf(rollout).some(
    (set) => wantedOf(set) > 0 && (set.metadata.annotations?.[desiredKey] ?? wanted) !== wanted,
  );
}

/** A new size while nothing rolls, or while several ReplicaSets have pods: each gets its share. */
export function rescale(deps: ControllerDeps, rollout: Rollout): void {
  const { deployment, fresh, old } = rollout;
  const wanted = wantedOf(deployment);
  const active = setsOf(rollout).filter((set) => wantedOf(set) > 0);
  const only = active.length > 1 ? undefined : (active[0] ?? fresh ?? old.at(-1));
  if (only !== undefined) scale(deps, rollout, only, wanted);
  else if (fresh !== undefined && isSaturated(fresh, wanted)) for (const set of old) scale(deps, rollout, set, 0);
  else share(deps, rollout, active);
}

function isSaturated(set: ReplicaSet, wanted: number): boolean {
  const told = Number(set.metadata.annotations?.[desiredKey]);
  return wantedOf(set) === wanted && told === wanted && available(set) === wanted;
}

/** The largest ReplicaSets come first and take what rounding leaves over. */
function share(deps: ControllerDeps, rollout: Rollout, active: readonly ReplicaSet[]): void {
  const wanted = wantedOf(rollout.deployment);
  const most = wanted > 0 ? wanted + bounds(rollout.deployment).surge : 0;
  let left = most - sum(active, wantedOf);
  const isGrowing = left > 0;
  const newestFirst = isGrowing ? [...active].reverse() : active;
  const sizes = [...newestFirst]
    .sort((a, b) => wantedOf(b) - wantedOf(a))
    .map((set) => {
      const before = Number(set.metadata.annotations?.[maxKey]) || rollout.deployment.status?.replicas || 1;
      const fair = Math.round((wantedOf(set) * most) / before) - wantedOf(set);
      const given = isGrowing ? Math.min(Math.max(0, fair), left) : Math.max(Math.min(0, fair), left);
      left -= given;
      return [set, wantedOf(set) + given] as const;
    });
  for (const [index, [set, size]] of sizes.entries()) {
    scale(deps, rollout, set, Math.max(0, size + (index === 0 ? left : 0)));
  }
}
