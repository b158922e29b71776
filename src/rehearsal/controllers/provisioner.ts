import { conditionOf, keyOf, type NodeClaim, type NodePool, type Pod } from "../../cluster/objects.ts";
import { provision } from "../../planner/provision.ts";
import { reasonsText } from "../../planner/reasons.ts";
import type { Resources } from "../../planner/resources.ts";
import type { PlanNode, Provision } from "../../planner/types.ts";
import { holds } from "../core/conditions.ts";
import { isDeleting, kindRef, list, nameOf } from "../core/refs.ts";
import { batcher } from "./batcher.ts";
import { planNode, planPod, planPool } from "./convert.ts";
import { createClaim } from "./create-claim.ts";
import type { NodeDeps } from "./deps.ts";
import { isInitialized, nodeOf, planned } from "./node-state.ts";
import type { Requeue } from "./queue.ts";
import { isWaiting } from "./scheduler.ts";

/** What DaemonSets take on each node: nothing, a rehearsal runs none. */
export const daemonOverhead: Resources = {};

/** Pods that still wait are looked at again this often (Karpenter's pod controller). */
const retryMs = 10_000;

/**
 * Karpenter's provisioner: gathers pods that the scheduler found no node for, plans, and writes NodeClaims. As there, no
 * plan is made while a claim is not launched yet: what it will be is not known. A pod that fits no pool gets the reasons
 * as an event.
 */
export function startProvisioner(deps: NodeDeps): () => void {
  const { core, clock } = deps;
  let cancelRetry: (() => void) | undefined;
  const flush = () => {
    cancelRetry?.();
    let retry: Requeue | undefined = { afterMs: retryMs, background: true };
    try {
      retry = provisionPods(deps);
    } catch (error) {
      deps.onError("provisioner", error);
    }
    const { afterMs, background = false } = retry ?? {};
    cancelRetry =
      afterMs === undefined ? undefined : clock.schedule(afterMs, () => batch.trigger({ background }), { background });
  };
  const batch = batcher(clock, flush);
  const triggerIfPending = () => deps.pods.pending().some(isProvisionable) && batch.trigger();
  const stops = [
    core.subscribe<Pod>(kindRef("Pod"), ({ type, object }) => {
      if (type !== "DELETED" && isProvisionable(object)) batch.trigger();
    }),
    // Launched or gone: now the rest can be planned
    core.subscribe<NodeClaim>(kindRef("NodeClaim"), ({ type, object }) => {
      if (type === "DELETED" || (holds(object, "Launched") && !isInitialized(object))) triggerIfPending();
    }),
    core.subscribe<NodePool>(kindRef("NodePool"), ({ type }) => type !== "DELETED" && triggerIfPending()),
  ];
  triggerIfPending();
  return () => {
    for (const stop of stops) stop();
    batch.stop();
    cancelRetry?.();
  };
}

/** The scheduler said that the pod fits no node, and does not make room for it. */
function isProvisionable(pod: Pod): boolean {
  if (pod.status?.nominatedNodeName || !isWaiting(pod)) return false;
  const scheduled = conditionOf(pod, "PodScheduled");
  return scheduled?.status === "False" && scheduled.reason === "Unschedulable";
}

/** Plans and carries out. Returns when to plan again for pods that fit nowhere now. */
function provisionPods(deps: NodeDeps): Requeue | undefined {
  const { core, clock, fleet } = deps;
  const pods = deps.pods.pending().filter(isProvisionable);
  const claims = list(core, "NodeClaim");
  if (pods.length === 0 || claims.some((claim) => !isDeleting(claim) && !holds(claim, "Launched"))) return undefined;
  const plan = provision({
    pods: pods.map(planPod),
    nodes: planNodes(deps, claims),
    pools: planned(core, claims, planPool),
    offerings: fleet.offerings,
    unavailable: fleet.unavailable.has,
    daemonOverhead,
  });
  carryOut(deps, plan, new Map(pods.map((pod) => [keyOf(pod), pod])));
  if (plan.unschedulable.length === 0) return undefined;
  // Somebody waits for capacity to come back, which takes simulated time; nobody for what never fits
  const shortUntilMs = fleet.unavailable.nextAtMs();
  if (shortUntilMs === undefined) return { afterMs: retryMs, background: true };
  return { afterMs: Math.max(retryMs, shortUntilMs - clock.now()) };
}

/** Nodes that stay, and those on their way. */
function planNodes({ core, pods }: NodeDeps, claims: readonly NodeClaim[]): PlanNode[] {
  return claims
    .filter((claim) => !isDeleting(claim))
    .map((claim) => {
      const node = nodeOf(core, claim);
      return planNode(claim, node, node ? pods.onNode(nameOf(node)) : [], isInitialized(claim));
    });
}

function carryOut(deps: NodeDeps, plan: Provision, pods: ReadonlyMap<string, Pod>): void {
  const { core, events, nominations } = deps;
  const nominate = (key: string, name: string, what: string) => {
    const pod = pods.get(key);
    nominations.nominate(name);
    if (pod !== undefined) events.karpenter.record(pod, "Normal", "Nominated", `Pod should schedule on: ${what}`);
  };
  for (const { pod, node } of plan.placements) nominate(pod, node, `node/${node}`);
  for (const one of plan.claims) {
    const name = nameOf(createClaim(core, one));
    for (const pod of one.pods) nominate(pod, name, `nodeclaim/${name}`);
  }
  for (const { pod: key, reasons } of plan.unschedulable) {
    const pod = pods.get(key);
    if (pod === undefined) continue;
    events.karpenter.record(pod, "Warning", "FailedScheduling", `Failed to schedule pod, ${reasonsText(reasons)}`);
  }
}
