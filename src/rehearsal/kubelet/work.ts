import type { Node, Pod } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Core } from "../core/core.ts";
import type { EventRecorder } from "../core/events.ts";
import type { Heartbeats } from "./heartbeats.ts";
import type { Images } from "./images.ts";
import type { LogStore } from "./log-store.ts";
import type { PodProgress } from "./pod-status.ts";
import type { RunningContainer, Runtime } from "./runtime.ts";

/** What every pod's worker is given. */
export interface WorkerHost {
  readonly core: Core;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: Images;
  readonly logs: LogStore;
  readonly events: EventRecorder;
  readonly dataDir: string;
  /** Keeps the pod's object beside its files, where it outlives the pod. */
  readonly record: (pod: Pod) => void;
  /** How this pod's containers are run, or why they are not. */
  readonly runtimeOf: (pod: Pod) => Promise<Runtime | { readonly refused: string }>;
  /** When a pod began to pull an image, if it ever did: for pods that an earlier server has begun. */
  readonly pullBegun: (pod: Pod, image: string) => number | undefined;
  readonly reports: Pick<Heartbeats, "isSilent" | "whenHeard">;
  readonly log: (message: string) => void;
}

/** What a pod's containers share while they run. */
export interface Work {
  readonly host: WorkerHost;
  readonly pod: Pod;
  readonly node: Node;
  readonly progress: PodProgress;
  event(level: "Normal" | "Warning", reason: string, message: string): void;
  /** Ends the pod: the kubelet cannot go on with it. */
  fail(error: unknown): void;
  /** Aborts at the first interruption. */
  readonly signal: AbortSignal;
  /** By container. */
  readonly running: Map<string, RunningContainer>;
  /** Writes the status. */
  publish(): void;
  /** What sidecars get to stop in, of the pod's grace. */
  graceLeftMs(graceMs: number): number;
}
