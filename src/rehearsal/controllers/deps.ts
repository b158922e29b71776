import type { Clock } from "../../kernel/clock.ts";
import type { Core } from "../core/core.ts";
import { type EventRecorder, eventRecorder } from "../core/events.ts";
import type { SimulatedEc2 } from "../ec2/fleet.ts";
import type { Faults } from "../faults/faults.ts";
import type { PodIndex } from "./pod-index.ts";

/** Who writes what kube-controller-manager writes. */
export const controllerManager = "kube-controller-manager";

/** Who reports events, by the name that Kubernetes gives it. */
const components = {
  karpenter: "karpenter",
  scheduler: "default-scheduler",
  jobs: "job-controller",
  deployments: "deployment-controller",
  replicaSets: "replicaset-controller",
  budgets: "controllermanager",
  nodes: "node-controller",
  taints: "taint-eviction-controller",
} as const;

export type Recorders = Readonly<Record<keyof typeof components, EventRecorder>>;

export function recorders(core: Core, clock: Clock): Recorders {
  const all = Object.entries(components).map(([name, source]) => [name, eventRecorder(core, clock, source)] as const);
  const byName = Object.fromEntries(all) as Recorders;
  return { ...byName, karpenter: deduped(byName.karpenter, clock) };
}

/** How long Karpenter keeps quiet about what it has just said (its events recorder's cache). */
const quietMs = 120_000;
const mostRemembered = 4096;

/** Tells the same of an object once in two minutes: a pod that waits is looked at every ten seconds. */
function deduped(recorder: EventRecorder, clock: Clock): EventRecorder {
  const toldMs = new Map<string, number>();
  return {
    record(object, type, reason, message) {
      const key = `${object.metadata.uid} ${reason} ${message}`;
      const sinceMs = clock.now() - quietMs;
      if ((toldMs.get(key) ?? Number.NEGATIVE_INFINITY) > sinceMs) return;
      if (toldMs.size >= mostRemembered) for (const [old, atMs] of toldMs) if (atMs <= sinceMs) toldMs.delete(old);
      toldMs.set(key, clock.now());
      recorder.record(object, type, reason, message);
    },
  };
}

/** What every controller works with. */
export interface ControllerDeps {
  readonly core: Core;
  readonly clock: Clock;
  readonly pods: PodIndex;
  /** Events by the component that reports them. */
  readonly events: Recorders;
  /** Told of what a controller threw: always a bug, and tried again. */
  readonly onError: (where: string, error: unknown) => void;
}

/** What the controllers of nodes need beside. */
export interface NodeDeps extends ControllerDeps {
  readonly fleet: SimulatedEc2;
  readonly faults: Faults | undefined;
  readonly nominations: Nominations;
}

/** Nodes that waiting pods were promised: consolidation leaves them alone for a while. */
export interface Nominations {
  nominate(name: string): void;
  /** Until when a node or NodeClaim is promised; 0 when it is not. */
  untilMs(name: string): number;
}

/** Twice Karpenter's longest batch. */
const nominationMs = 20_000;

export function nominations(clock: Clock): Nominations {
  const until = new Map<string, number>();
  return {
    nominate: (name) => until.set(name, clock.now() + nominationMs),
    untilMs: (name) => until.get(name) ?? 0,
  };
}
