import type { KindRef, ObjectApi, WatchEvent } from "../cluster/api.ts";
import { informer } from "../cluster/informer.ts";
import { type Job, type KubeEvent, type KubeObject, keyOf, type NodeClaim, type Pod } from "../cluster/objects.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import { kinds } from "./kinds.ts";
import { eventObservation, nodeGone, nodeObservations, podGone, podObservations, type Timed } from "./observations.ts";
import { waitReasons } from "./wait-reasons.ts";

export interface RecorderOptions {
  readonly api: ObjectApi;
  readonly clock: Clock;
  /** The cluster's time, for what objects do not date themselves: their removal. */
  readonly time: () => Promise<number>;
  readonly observe: (observation: Observation, at: number) => Promise<void>;
  /** What earlier commands of the run observed: not written again. */
  readonly known: readonly TimelineEntry[];
}

/** Watches a cluster, writes what happens into the timeline, and keeps the latest state for those who wait. */
export interface Recorder {
  readonly jobs: ReadonlyMap<string, Job>;
  /** Every pod ever seen, by uid: the removed ones too. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** NodeClaims that exist now. */
  readonly nodeClaims: ReadonlyMap<string, NodeClaim>;
  /** Calls back after each change; returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
  /** Resolves when everything that was there at the start has been seen. */
  readonly ready: Promise<void>;
  /** Has `work` done, and waits for it, when watching is about to stop. */
  beforeStop(work: () => Promise<void>): void;
  /** Stops watching and waits until the last observation is written. */
  stop(): Promise<void>;
}

interface Follower {
  /** Everything that was there at the start has been seen. */
  readonly synced: Promise<void>;
  readonly done: Promise<void>;
}

export function startRecorder(options: RecorderOptions): Recorder {
  const { api, clock, time } = options;
  const jobs = new Map<string, Job>();
  const pods = new Map<string, Pod>();
  const nodeClaims = new Map<string, NodeClaim>();
  const listeners = new Set<() => void>();
  const lastWorks: (() => Promise<void>)[] = [];
  const controller = new AbortController();
  const write = orderedWriter(options);
  const explain = waitReasons();

  const follow = <T extends KubeObject>(query: KindRef, onEvent: (event: WatchEvent<T>) => void): Follower => {
    let onSynced = () => {};
    const synced = new Promise<void>((resolve) => {
      onSynced = resolve;
    });
    const done = informer<T>(api, query, {
      clock,
      signal: controller.signal,
      onSynced,
      onEvent: (event) => {
        onEvent(event);
        for (const listener of listeners) listener();
      },
    });
    return { synced, done };
  };

  const informers = [
    follow<Job>(kinds.job, ({ type, object }) => {
      if (type === "DELETED") jobs.delete(keyOf(object));
      else jobs.set(keyOf(object), object);
    }),
    follow<Pod>(kinds.pod, ({ type, object }) => {
      pods.set(object.metadata.uid ?? "", object);
      write.all(podObservations(object));
      if (type === "DELETED") write.later(time().then((at) => podGone(object, at)));
    }),
    follow<NodeClaim>(kinds.nodeClaim, ({ type, object }) => {
      write.all(nodeObservations(object));
      if (type !== "DELETED") return void nodeClaims.set(keyOf(object), object);
      nodeClaims.delete(keyOf(object));
      write.later(time().then((at) => nodeGone(object, at)));
    }),
    follow<KubeEvent>(kinds.event, ({ type, object }) => {
      if (type === "DELETED") return;
      write.all([eventObservation(object), ...explain(object), ...pullingObservation(object, pods)]);
    }),
  ];

  return {
    jobs,
    pods,
    nodeClaims,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: Promise.all(informers.map(({ synced }) => synced)).then(() => undefined),
    beforeStop: (work) => void lastWorks.push(work),
    async stop() {
      await Promise.all(lastWorks.map((work) => work()));
      controller.abort();
      await Promise.all(informers.map(({ done }) => done));
      await write.drained();
    },
  };
}

function pullingObservation(event: KubeEvent, pods: ReadonlyMap<string, Pod>): Timed<Observation>[] {
  if (event.reason !== "Pulling") return [];
  const pod = pods.get(event.involvedObject?.uid ?? "");
  const created = pod && podObservations(pod)[0]?.observation;
  const time = event.firstTimestamp ?? event.lastTimestamp;
  if (created === undefined || time === undefined) return [];
  return [{ at: Date.parse(time), observation: { ...created, state: "pulling" } }];
}

/** Writes observations one after another, each state of an object once. */
function orderedWriter({ observe, known }: Pick<RecorderOptions, "observe" | "known">) {
  const seen = new Set(known.map(({ wall: _, at, ...observation }) => JSON.stringify(identityOf(observation, at))));
  let tail: Promise<unknown> = Promise.resolve();
  const one = async ({ at, observation }: Timed<Observation>) => {
    const identity = JSON.stringify(identityOf(observation, at));
    if (seen.has(identity)) return;
    seen.add(identity);
    await observe(observation, at);
  };
  const later = (timed: Promise<Timed<Observation>>) => {
    const previous = tail;
    tail = timed.then((value) => previous.then(() => one(value)));
  };
  return {
    all: (list: readonly Timed<Observation>[]) => {
      for (const timed of list) later(Promise.resolve(timed));
    },
    later,
    async drained() {
      for (let last: unknown; last !== tail; ) {
        last = tail;
        await tail;
      }
    },
  };
}

/** What makes two observations the same news: a pod's or node's state comes once, events and reasons by their text. */
function identityOf(observation: Observation, at: number): unknown {
  switch (observation.type) {
    case "pod":
      return ["pod", observation.uid, observation.state];
    case "node":
      return ["node", observation.name, observation.state];
    case "wait":
      return ["wait", observation.pod, observation.reason];
    case "event": {
      const { kind, namespace, name, reason, message } = observation;
      return ["event", at, kind, namespace, name, reason, message];
    }
    default:
      return [at, observation];
  }
}
