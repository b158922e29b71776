import type { Node, Pod } from "../../cluster/objects.ts";
import { find, isDeleting, kindRef, list, nameOf, refOf } from "../core/refs.ts";
import type { NodeDeps } from "./deps.ts";
import { initializedLabel, nodeOf } from "./node-state.ts";

/**
 * Hears EC2: on a spot interruption's warning the NodeClaim is deleted, which drains its node in the two minutes that are
 * left; an instance that ended by itself takes its NodeClaim with it. With `interruptSpotAfterMs` it also causes one
 * interruption: of the first spot node that runs a pod, that long after the pod began.
 */
export function startInterruption(deps: NodeDeps, interruptSpotAfterMs: number | undefined): () => void {
  const { core, fleet, events } = deps;
  const stops = [
    fleet.subscribe((event, { claim: name, id }) => {
      const claim = find(core, "NodeClaim", name);
      if (claim === undefined) return;
      if (event === "warned") {
        const message = `Spot interruption warning was triggered for ${id}: two minutes are left`;
        for (const object of [claim, nodeOf(core, claim)]) {
          if (object !== undefined) events.karpenter.record(object, "Warning", "SpotInterrupted", message);
        }
      }
      if (!isDeleting(claim)) core.delete(refOf(claim));
    }),
    interruptSpotAfterMs === undefined ? () => {} : interruptOnce(deps, interruptSpotAfterMs),
    interruptOnPurpose(deps),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Asks faults once about each spot node that is ready. */
function interruptOnPurpose({ core, clock, fleet, faults }: NodeDeps): () => void {
  const timers: (() => void)[] = [];
  const ask = (node: Node) => {
    const isReady = node.metadata.labels?.[initializedLabel] === "true" && !isDeleting(node);
    const afterMs = isReady && isSpot(node) ? faults?.spotWarningMs(node) : undefined;
    if (afterMs === undefined) return;
    timers.push(clock.schedule(afterMs, () => fleet.interrupt(nameOf(node)), { background: true }));
  };
  const stops = [
    faults?.subscribe(() => list(core, "Node").forEach(ask)),
    core.subscribe<Node>(kindRef("Node"), ({ type, object }) => type !== "DELETED" && ask(object)),
  ];
  return () => {
    for (const stop of [...stops, ...timers]) stop?.();
  };
}

function isSpot(node: Node | undefined): boolean {
  return node?.metadata.labels?.["karpenter.sh/capacity-type"] === "spot";
}

/** Once in the life of the cluster, restarts or not. */
function interruptOnce({ core, clock, fleet }: NodeDeps, afterMs: number): () => void {
  let cancel: (() => void) | undefined;
  const consider = (pod: Pod) => {
    const node = pod.spec?.nodeName;
    if (cancel !== undefined || pod.status?.phase !== "Running" || !node || fleet.wasInterrupted()) return;
    if (!isSpot(find(core, "Node", node))) return;
    const leftMs = Math.max(0, startedMs(pod, clock.now()) + afterMs - clock.now());
    cancel = clock.schedule(leftMs, () => fleet.interrupt(node), { background: true });
  };
  const unsubscribe = core.subscribe<Pod>(kindRef("Pod"), ({ object }) => consider(object));
  const now = clock.now();
  const running = [...list(core, "Pod")].sort((a, b) => startedMs(a, now) - startedMs(b, now));
  running.forEach(consider);
  return () => {
    unsubscribe();
    cancel?.();
  };
}

/** When the first of a pod's containers began. */
function startedMs({ status }: Pod, nowMs: number): number {
  const started = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.running?.startedAt ?? ""));
  return Math.min(nowMs, ...started.filter((ms) => !Number.isNaN(ms)));
}
