import { conditionOf, type KubeEvent, type NodeClaim } from "../cluster/objects.ts";
import type { WaitObserved } from "../timeline/entries.ts";
import { type Timed, timeOf } from "./observations.ts";
import { autoscalerWords, growingGroups } from "./waits/autoscaler-words.ts";
import { isKarpenters, karpenterWords } from "./waits/karpenter-words.ts";
import { conditionWords, endings, launchWords } from "./waits/launch-words.ts";
import { schedulerWords } from "./waits/scheduler-words.ts";

/**
 * Karpenter's message about the node that a pod is to get: `nodeclaim/x` while it has none, `nodeclaim/x, node/y` when
 * both are known, `node/y` for a node that it did not make.
 */
const nominated = /^Pod should schedule on: (\S+?)(?:, (\S+))?$/;

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

export interface WaitReasons {
  ofEvent(event: KubeEvent): Timed<WaitObserved>[];
  /**
   * A launch that fails for another reason than capacity, and a node that lacks something, show in conditions only. These
   * keep the time at which their status changed, not their reason: it is for who hears of them to date it.
   */
  ofClaim(claim: NodeClaim): WaitObserved[];
}

/**
 * Reads off the cluster's events why pods wait, in plain words: no node fits, one is being made ready, or its launch
 * failed. What the scheduler says counts until an autoscaler has spoken: that knows what is coming, the scheduler only
 * what is there.
 */
export function waitReasons(): WaitReasons {
  const explained = new Set<string>();
  const promises = nodePromises();

  const refused = (pod: PodName, reason: string): Told[] => {
    promises.withdraw([pod]);
    return [{ ...pod, reason }];
  };
  const broken = (claim: string, reason: string): Told[] => {
    const pods = promises.of(`nodeclaim/${claim}`);
    promises.withdraw(pods);
    return pods.map((pod) => ({ ...pod, reason }));
  };
  const ofAutoscaler = (pod: PodName, { reason, message = "" }: KubeEvent): Told[] | undefined => {
    if (reason === "Nominated") return promises.make(pod, nodesFor(message));
    if (reason === "FailedScheduling" && isKarpenters(message)) return refused(pod, karpenterWords(message));
    if (reason === "TriggeredScaleUp")
      return promises.make(
        pod,
        growingGroups(message).map((group) => `a node of ${group}`),
      );
    return /^(NotTriggerScaleUp|FailedScaleUp)$/.test(reason ?? "")
      ? refused(pod, autoscalerWords(message))
      : undefined;
  };
  const ofPod = (event: KubeEvent): Told[] => {
    const { involvedObject: object, message = "", reason } = event;
    const pod = { namespace: object?.namespace ?? "default", pod: object?.name ?? "" };
    const key = object?.uid ?? `${pod.namespace}/${pod.pod}`;
    if (reason === "Scheduled") promises.keep(pod);
    const told = ofAutoscaler(pod, event);
    if (told !== undefined) explained.add(key);
    if (told !== undefined || explained.has(key) || reason !== "FailedScheduling") return told ?? [];
    return refused(pod, schedulerWords(message) ?? message);
  };
  const ofNodeClaim = ({ involvedObject: object, reason = "", message = "" }: KubeEvent): Told[] => {
    const name = object?.name ?? "";
    // two of the AWS provider's have no reason
    const isFailure = /^(InsufficientCapacityError|NodeClassNotReady|)$/.test(reason);
    const words = isFailure ? launchWords(message) : endings[reason];
    return words === undefined ? [] : broken(name, words);
  };
  const told: Record<string, (event: KubeEvent) => Told[]> = { Pod: ofPod, NodeClaim: ofNodeClaim };

  return {
    ofEvent: (event) =>
      (told[event.involvedObject?.kind ?? ""]?.(event) ?? []).map((wait) => ({
        at: timeOf(event),
        observation: { type: "wait", ...wait },
      })),
    ofClaim: (claim) => {
      const node = `nodeclaim/${claim.metadata.name}`;
      const reason = ["Launched", "Initialized"].flatMap((type) => conditionWords(conditionOf(claim, type)) ?? [])[0];
      promises.spoil(node, reason);
      return reason === undefined ? [] : promises.of(node).map((pod) => ({ type: "wait", ...pod, reason }));
    },
  };
}

/** Which pods were promised which node, and have none yet. */
function nodePromises() {
  const byNode = new Map<string, Map<string, PodName>>();
  const spoiled = new Map<string, string>();
  const waiting = new Set<string>();
  const keyOf = ({ namespace, pod }: PodName) => `${namespace}/${pod}`;
  return {
    of: (node: string): readonly PodName[] => [...(byNode.get(node)?.values() ?? [])],
    /** A promise is repeated when the node gets its name: that is no news. */
    make(pod: PodName, nodes: readonly string[]): Told[] {
      for (const node of nodes) byNode.set(node, (byNode.get(node) ?? new Map<string, PodName>()).set(keyOf(pod), pod));
      const [first] = nodes;
      if (first === undefined || waiting.has(keyOf(pod))) return [];
      waiting.add(keyOf(pod));
      const problem = spoiled.get(first);
      return [`${first}${promise}`, ...(problem === undefined ? [] : [problem])].map((reason) => ({ ...pod, reason }));
    },
    /** What keeps a node from coming may be known before it is known whom it is for. */
    spoil(node: string, reason: string | undefined) {
      if (reason === undefined) spoiled.delete(node);
      else spoiled.set(node, reason);
    },
    withdraw(pods: readonly PodName[]) {
      for (const pod of pods) waiting.delete(keyOf(pod));
    },
    /** The pod has its node: what happens to that from now on is no reason to wait. */
    keep(pod: PodName) {
      for (const pods of byNode.values()) pods.delete(keyOf(pod));
    },
  };
}

/** The nodes, or NodeClaims, that an Event promises its pod. */
function nodesFor(message: string): string[] {
  const [, first, second] = nominated.exec(message) ?? [];
  return [first, second].filter((name) => name !== undefined);
}
