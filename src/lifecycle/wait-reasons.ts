import type { KubeEvent } from "../cluster/objects.ts";
import type { WaitObserved } from "../timeline/entries.ts";
import { type Timed, timeOf } from "./observations.ts";

/** Karpenter's message about the node that a pod is to get: `nodeclaim/x` while it has none, then `node/y`. */
const nominated = /^Pod should schedule on: (\S+)$/;

const promise = " is being made ready for it";

/** Why a pod waits in the end: the latest reason, and if that is but a promise of a node, what kept it waiting before. */
export function lastReason(reasons: readonly string[]): string | undefined {
  const last = reasons.at(-1);
  const cause = reasons.findLast((reason) => !reason.endsWith(promise));
  return cause === undefined || cause === last ? last : `${cause}; now ${last}`;
}

interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

interface Told extends PodName {
  readonly reason: string;
}

/**
 * Reads off the cluster's events why pods wait: no node fits, one is being made ready, or its launch failed. What the
 * scheduler says counts until Karpenter has spoken: it knows what is coming, the scheduler only what is there.
 */
export function waitReasons(): (event: KubeEvent) => Timed<WaitObserved>[] {
  const explained = new Set<string>();
  const promises = nodePromises();

  const isNews = ({ involvedObject: object, source }: KubeEvent): boolean => {
    const uid = object?.uid ?? "";
    if (source?.component === "karpenter") explained.add(uid);
    return source?.component === "karpenter" || !explained.has(uid);
  };
  const ofPod = (event: KubeEvent): Told[] => {
    const { involvedObject: object, message = "" } = event;
    const pod = { namespace: object?.namespace ?? "default", pod: object?.name ?? "" };
    const node = nodeFor(event);
    if (node === undefined && event.reason !== "FailedScheduling") return [];
    if (!isNews(event)) return [];
    if (node !== undefined) return promises.make(pod, node);
    promises.withdraw([pod]);
    return [{ ...pod, reason: message }];
  };
  const ofClaim = ({ involvedObject: object, reason, message = "" }: KubeEvent): Told[] => {
    if (reason !== "InsufficientCapacityError") return [];
    const pods = promises.of(`nodeclaim/${object?.name}`);
    promises.withdraw(pods);
    return pods.map((pod) => ({ ...pod, reason: message }));
  };
  const told: Record<string, (event: KubeEvent) => Told[]> = { Pod: ofPod, NodeClaim: ofClaim };

  return (event) =>
    (told[event.involvedObject?.kind ?? ""]?.(event) ?? []).map((wait) => ({
      at: timeOf(event),
      observation: { type: "wait", ...wait },
    }));
}

/** Which pods were promised which node. */
function nodePromises() {
  const byNode = new Map<string, PodName[]>();
  const waiting = new Set<string>();
  const keyOf = ({ namespace, pod }: PodName) => `${namespace}/${pod}`;
  return {
    of: (node: string): readonly PodName[] => byNode.get(node) ?? [],
    /** A promise is repeated when the node gets its name: that is no news. */
    make(pod: PodName, node: string): Told[] {
      byNode.set(node, [...(byNode.get(node) ?? []), pod]);
      if (waiting.has(keyOf(pod))) return [];
      waiting.add(keyOf(pod));
      return [{ ...pod, reason: `${node}${promise}` }];
    },
    withdraw(pods: readonly PodName[]) {
      for (const pod of pods) waiting.delete(keyOf(pod));
    },
  };
}

/** The node or NodeClaim that an Event promises its pod. */
function nodeFor({ reason, message = "" }: KubeEvent): string | undefined {
  return reason === "Nominated" ? nominated.exec(message)?.[1] : undefined;
}
