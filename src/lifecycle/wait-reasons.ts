import type { KubeEvent } from "../cluster/objects.ts";
import type { WaitObserved } from "../timeline/entries.ts";
import { type Timed, timeOf } from "./observations.ts";

/** Karpenter's message about the node that a pod is to get: `nodeclaim/x` while it has none, then `node/y`. */
const nominated = /^Pod should schedule on: (\S+)$/;

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
  const promised = new Map<string, PodName[]>();

  const ofPod = (event: KubeEvent): Told[] => {
    const { involvedObject: object, message = "" } = event;
    const pod = { namespace: object?.namespace ?? "default", pod: object?.name ?? "" };
    const node = nodeFor(event);
    if (node === undefined && event.reason !== "FailedScheduling") return [];
    if (event.source?.component === "karpenter") explained.add(object?.uid ?? "");
    else if (explained.has(object?.uid ?? "")) return [];
    if (node === undefined) return [{ ...pod, reason: message }];
    promised.set(node, [...(promised.get(node) ?? []), pod]);
    return [{ ...pod, reason: `${node} is being made ready for it` }];
  };
  const ofClaim = ({ involvedObject: object, reason, message = "" }: KubeEvent): Told[] => {
    if (reason !== "InsufficientCapacityError") return [];
    return (promised.get(`nodeclaim/${object?.name}`) ?? []).map((pod) => ({ ...pod, reason: message }));
  };
  const told: Record<string, (event: KubeEvent) => Told[]> = { Pod: ofPod, NodeClaim: ofClaim };

  return (event) =>
    (told[event.involvedObject?.kind ?? ""]?.(event) ?? []).map((wait) => ({
      at: timeOf(event),
      observation: { type: "wait", ...wait },
    }));
}

/** The node or NodeClaim that an Event promises its pod. */
function nodeFor({ reason, message = "" }: KubeEvent): string | undefined {
  return reason === "Nominated" ? nominated.exec(message)?.[1] : undefined;
}
