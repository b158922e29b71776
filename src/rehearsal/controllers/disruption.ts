import { isTerminal, type NodeClaim } from "../../cluster/objects.ts";
import { disrupt } from "../../planner/disrupt.ts";
import { confirm } from "../../planner/disruption/confirm.ts";
import type { Disruption } from "../../planner/disruption-types.ts";
import { find, isDeleting, kindRef, list, nameOf, refOf } from "../core/refs.ts";
import { startQueue, watching } from "./controller.ts";
import { consolidateAfterMs, evictionCostOf, isProtectedNode } from "./convert.ts";
import { createClaim } from "./create-claim.ts";
import type { NodeDeps } from "./deps.ts";
import { disruptionInput, lastPodEventMs, type PodEvents, podEvents } from "./disruption-input.ts";
import { activePools, disruptedTaint, isInitialized, nodeOf, poolNameOf } from "./node-state.ts";

/** Karpenter looks for nodes to disrupt this often, and thinks again this long after it found some. */
const pollMs = 10_000;
const validationMs = 15_000;

/**
 * Karpenter's disruption controller: polls, validates what the planner proposes 15 s later, launches a replacement where
 * there is one and waits until it is initialized, then deletes the NodeClaims. One command at a time. While an empty node
 * waits for its time the poll is awaited (a warped clock runs), otherwise it is in the background.
 */
export function startDisruption(deps: NodeDeps): () => void {
  const { clock } = deps;
  const events = podEvents(deps);
  const startMs = clock.now();
  let polledMs = -1;
  let cancel: (() => void) | undefined;
  let stopWaiting: (() => void) | undefined;
  let isBusy = false;

  const propose = () => disrupt(disruptionInput(deps, events)).disruption;
  const guarded = (step: () => void) => () => {
    try {
      step();
    } catch (error) {
      isBusy = false;
      deps.onError("disruption", error);
      arm();
    }
  };
  /** Polls happen on a fixed beat; the next one is awaited when an empty node will be a candidate by then. */
  const arm = () => {
    if (isBusy) return;
    cancel?.();
    const awaitedMs = nextEmptyMs(deps, events, polledMs);
    const fromMs = Math.max(clock.now() + 1, awaitedMs ?? 0);
    const atMs = startMs + Math.ceil((fromMs - startMs) / pollMs) * pollMs;
    cancel = clock.schedule(atMs - clock.now(), guarded(poll), { background: awaitedMs === undefined });
  };
  const poll = () => {
    polledMs = clock.now();
    const disruption = propose();
    if (disruption === undefined) return arm();
    isBusy = true;
    cancel = clock.schedule(
      validationMs,
      guarded(() => validate(disruption)),
    );
  };
  const validate = (proposed: Disruption) => {
    const confirmed = confirm(proposed, propose());
    stopWaiting = confirmed && execute(deps, confirmed, done);
    if (confirmed === undefined) done();
  };
  const done = () => {
    isBusy = false;
    stopWaiting = undefined;
    arm();
  };

  const stopWatching = startQueue(deps, {
    name: "disruption",
    reconcile: () => void arm(),
    watches: [
      watching("Pod", (pod, type) =>
        pod.spec?.nodeName && (type === "DELETED" || isTerminal(pod)) ? "arm" : undefined,
      ),
      watching("NodeClaim", () => "arm"),
    ],
  });
  arm();
  return () => {
    stopWatching();
    events.stop();
    cancel?.();
    stopWaiting?.();
  };
}

/**
 * When the next empty node will have been empty for long enough; undefined when none will. Those that were old enough at
 * the last poll and are still there are held by something else, which nobody waits for.
 */
function nextEmptyMs(deps: NodeDeps, events: PodEvents, polledMs: number): number | undefined {
  const pools = new Map(activePools(deps.core).map((pool) => [nameOf(pool), consolidateAfterMs(pool)]));
  const times = list(deps.core, "NodeClaim")
    .filter((claim) => isInitialized(claim) && !isDeleting(claim) && !isProtectedNode(claim) && isEmpty(deps, claim))
    .map((claim) => {
      const node = claim.status?.nodeName ?? "";
      const agedMs = lastPodEventMs(events, claim) + (pools.get(poolNameOf(claim)) ?? Number.POSITIVE_INFINITY);
      return Math.max(agedMs, deps.nominations.untilMs(node), deps.nominations.untilMs(nameOf(claim)));
    })
    .filter((atMs) => Number.isFinite(atMs) && atMs > polledMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** As the planner's `isEmptyNode`, without building its view of the whole cluster at each change. */
function isEmpty({ pods }: NodeDeps, claim: NodeClaim): boolean {
  return pods.onNode(claim.status?.nodeName ?? "").every((pod) => isTerminal(pod) || evictionCostOf(pod) <= 0);
}

/** Carries a disruption out and calls back when it is; returns how to stop waiting for a replacement. */
function execute(deps: NodeDeps, disruption: Disruption, done: () => void): (() => void) | undefined {
  const { core } = deps;
  const gone = list(core, "NodeClaim").filter(({ status }) => disruption.nodes.includes(status?.nodeName ?? ""));
  const finish = () => {
    for (const claim of gone) deleteClaim(deps, claim, disruption);
    done();
  };
  if (disruption.replacement === undefined) {
    finish();
    return undefined;
  }
  for (const claim of gone) setTaint(deps, claim, true);
  const replacement = nameOf(createClaim(core, disruption.replacement));
  deps.nominations.nominate(replacement);
  const stop = core.subscribe<NodeClaim>(kindRef("NodeClaim"), ({ type, object }) => {
    if (nameOf(object) !== replacement) return;
    const isLost = type === "DELETED" || isDeleting(object);
    if (!isLost && !isInitialized(object)) return;
    stop();
    deps.nominations.nominate(object.status?.nodeName ?? replacement);
    if (!isLost) return finish();
    for (const claim of gone) setTaint(deps, claim, false);
    done();
  });
  return stop;
}

function deleteClaim({ core, events }: NodeDeps, claim: NodeClaim, { reason, replacement }: Disruption): void {
  const current = find(core, "NodeClaim", nameOf(claim));
  if (current === undefined || isDeleting(current)) return;
  const message = `Disrupting NodeClaim: ${reason}/${replacement === undefined ? "Delete" : "Replace"}`;
  events.karpenter.record(current, "Normal", "DisruptionTerminating", message);
  core.delete(refOf(current));
}

/** Keeps new pods off a node that is to go, or lets them on again. */
function setTaint({ core }: NodeDeps, claim: NodeClaim, isOn: boolean): void {
  const node = nodeOf(core, claim);
  if (node === undefined) return;
  const others = (node.spec?.taints ?? []).filter(({ key }) => key !== disruptedTaint.key);
  const taints = isOn ? [...others, disruptedTaint] : others;
  core.patch(refOf(node), { spec: { taints } }, { fieldManager: "karpenter" });
}
