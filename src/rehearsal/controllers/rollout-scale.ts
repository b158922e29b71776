import type { ReplicaSet } from "../../cluster/objects.ts";
import type { ControllerDeps } from "./deps.ts";
import { bounds, desiredKey, maxKey, type Rollout, scaleText, scaleTo, setsOf, sum, wantedOf } from "./rollout.ts";

const available = ({ status }: ReplicaSet) => status?.availableReplicas ?? 0;

/** Scales one ReplicaSet and says so. Returns whether there was something to change. */
function scale({ core, events }: ControllerDeps, rollout: Rollout, set: ReplicaSet, replicas: number): boolean {
  const from = wantedOf(set);
  scaleTo(core, rollout, set, replicas);
  if (from === replicas) return false;
  events.deployments.record(rollout.deployment, "Normal", "ScalingReplicaSet", scaleText(set, from, replicas));
  return true;
}

/** Kubernetes' rolling update, one step: up with the new pods as far as maxSurge lets it, else down with the old ones. */
export function roll(deps: ControllerDeps, rollout: Rollout, fresh: ReplicaSet): void {
  const wanted = wantedOf(rollout.deployment);
  const { surge } = bounds(rollout.deployment);
  const room = wanted + surge - sum(setsOf(rollout), wantedOf);
  const size = wantedOf(fresh);
  const next = size > wanted ? wanted : Math.min(wanted, size + Math.max(0, room));
  if (!scale(deps, rollout, fresh, next)) scaleDownOld(deps, rollout, fresh);
}

/** Pods that are not available go first: nobody misses them. */
function scaleDownOld(deps: ControllerDeps, rollout: Rollout, fresh: ReplicaSet): void {
  const all = setsOf(rollout);
  const least = wantedOf(rollout.deployment) - bounds(rollout.deployment).unavailable;
  const most = sum(all, wantedOf) - least - (wantedOf(fresh) - available(fresh));
  if (most <= 0) return;
  let [unhealthy, healthy] = [most, Math.max(0, sum(all, available) - least)];
  const sizes = rollout.old.map((set) => {
    const taken = Math.max(0, Math.min(unhealthy, wantedOf(set) - available(set)));
    unhealthy -= taken;
    return wantedOf(set) - taken;
  });
  for (const [index, set] of rollout.old.entries()) {
    const size = sizes[index] ?? 0;
    const taken = Math.min(healthy, size);
    healthy -= taken;
    if (size - taken !== wantedOf(set)) scale(deps, rollout, set, size - taken);
  }
}

/** All old pods end before the first new one starts. */
export function recreate(deps: ControllerDeps, rollout: Rollout, fresh: () => ReplicaSet | undefined): void {
  const isOld = rollout.old.map((set) => wantedOf(set) > 0 && scale(deps, rollout, set, 0));
  const isAlive = ({ status }: ReplicaSet) => (status?.replicas ?? 0) + (status?.terminatingReplicas ?? 0) > 0;
  if (isOld.includes(true) || rollout.old.some(isAlive)) return;
  const set = fresh();
  if (set !== undefined) scale(deps, rollout, set, wantedOf(rollout.deployment));
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
  const difference = most - sum(active, wantedOf);
  const newestFirst = difference > 0 ? [...active].reverse() : active;
  const bySize = [...newestFirst].sort((a, b) => wantedOf(b) - wantedOf(a));
  let left = difference;
  const sizes = bySize.map((set) => {
    const before = Number(set.metadata.annotations?.[maxKey]) || rollout.deployment.status?.replicas || 1;
    const fair = Math.round((wantedOf(set) * most) / before) - wantedOf(set);
    const given = difference > 0 ? Math.min(Math.max(0, fair), left) : Math.max(Math.min(0, fair), left);
    left -= given;
    return wantedOf(set) + given;
  });
  for (const [index, set] of bySize.entries()) {
    scale(deps, rollout, set, Math.max(0, (sizes[index] ?? 0) + (index === 0 ? left : 0)));
  }
}
