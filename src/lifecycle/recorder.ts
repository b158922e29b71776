import type { ListQuery, ObjectApi, WatchEvent } from "../cluster/api.ts";
import { informer } from "../cluster/informer.ts";
import { type Job, type KubeEvent, type KubeObject, keyOf, type NodeClaim, type Pod } from "../cluster/objects.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import { eventFilter } from "./event-filter.ts";
import { kinds } from "./kinds.ts";
import { nodeGone, nodeObservations } from "./node-observations.ts";
import { eventObservation, podGone, podObservations, type Timed } from "./observations.ts";
import { orderedWriter } from "./ordered-writer.ts";
import { everything, type Scope } from "./scope.ts";
import { isOutOfReach } from "./served.ts";
import { shareRecorder } from "./share-recorder.ts";
import type { Target } from "./target.ts";
import { waitReasons } from "./wait-reasons.ts";

export interface RecorderOptions {
  readonly api: ObjectApi;
  readonly clock: Clock;
  /** The cluster's time, for what objects do not date themselves: their removal. */
  readonly time: () => Promise<number>;
  readonly observe: (observation: Observation, at: number) => Promise<void>;
  /** What a node costs whose NodeClaim does not say. */
  readonly nodePrice: Target["nodePrice"];
  /** What of the cluster is told. Default: everything. */
  readonly scope?: Scope;
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
  /** Resolves when what was seen until now is in the timeline. */
  written(): Promise<void>;
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
  const { api, clock, time, nodePrice, scope = everything } = options;
  const jobs = new Map<string, Job>();
  const pods = new Map<string, Pod>();
  const nodeClaims = new Map<string, NodeClaim>();
  const listeners = new Set<() => void>();
  const lastWorks: (() => Promise<void>)[] = [];
  const controller = new AbortController();
  const write = orderedWriter(options);
  const { isShared } = scope;
  const shares = isShared && shareRecorder({ ...options, isShared, write });
  const explain = waitReasons();
  const tell = (event: KubeEvent) =>
    write.all([eventObservation(event), ...explain.ofEvent(event), ...pullingObservation(event, pods)]);
  const filter = scope.allEvents ? undefined : eventFilter(tell);

  const follow = <T extends KubeObject>(
    query: ListQuery,
    onEvent: (event: WatchEvent<T>) => void,
    keep?: (object: T) => T,
  ): Follower => {
    let onSynced = () => {};
    const synced = new Promise<void>((resolve) => {
      onSynced = resolve;
    });
    const done = informer<T>(api, query, {
      clock,
      signal: controller.signal,
      onSynced,
      ...(keep && { keep }),
      // where there is no Karpenter there are no NodeClaims
      onError: (error) => isOutOfReach(error, query.apiVersion) && onSynced(),
      onEvent: (event) => {
        onEvent(event);
        if (query.kind !== kinds.event.kind) filter?.know({ ...event.object, kind: query.kind });
        for (const listener of listeners) listener();
      },
    });
    return { synced, done };
  };

  const informers = [
    follow<Job>({ ...kinds.job, ...scope.jobs }, ({ type, object }) => {
      if (type === "DELETED") jobs.delete(keyOf(object));
      else jobs.set(keyOf(object), object);
    }),
    follow<Pod>({ ...kinds.pod, ...scope.pods }, ({ type, object }) => {
      pods.set(object.metadata.uid ?? "", object);
      const told = podObservations(object);
      write.all(told);
      for (const observed of told) shares?.hear(observed);
      if (type === "DELETED") {
        const gone = time().then((at) => podGone(object, at));
        write.later(gone.then((observed) => [observed]));
        void gone.then((observed) => shares?.hear(observed));
      }
    }),
    follow<NodeClaim>({ ...kinds.nodeClaim, ...scope.nodeClaims }, ({ type, object }) => {
      write.all(nodeObservations(object, nodePrice));
      const waits = explain.ofClaim(object);
      if (waits.length > 0) write.later(time().then((at) => waits.map((observation) => ({ at, observation }))));
      filter?.know({ kind: "Node", metadata: { name: object.status?.nodeName ?? "" } });
      if (type !== "DELETED") return void nodeClaims.set(keyOf(object), object);
      nodeClaims.delete(keyOf(object));
      write.later(time().then((at) => [nodeGone(object, at, nodePrice)]));
    }),
    follow<KubeEvent>(
      kinds.event,
      ({ type, object }) => {
        if (type === "DELETED") return;
        if (filter === undefined) tell(object);
        else filter.hear(object);
      },
      bare,
    ),
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
    written: write.drained,
    beforeStop: (work) => void lastWorks.push(work),
    async stop() {
      await Promise.all(lastWorks.map((work) => work()));
      controller.abort();
      await Promise.all(informers.map(({ done }) => done));
      await write.drained();
    },
  };
}

/** A large cluster has a hundred thousand events: which ones were heard is all that is to be remembered. */
function bare({ metadata: { name, namespace, uid, resourceVersion } }: KubeEvent): KubeEvent {
  return { metadata: { name, namespace, uid, resourceVersion } } as KubeEvent;
}

function pullingObservation(event: KubeEvent, pods: ReadonlyMap<string, Pod>): Timed<Observation>[] {
  if (event.reason !== "Pulling") return [];
  const pod = pods.get(event.involvedObject?.uid ?? "");
  const created = pod && podObservations(pod)[0]?.observation;
  const time = event.firstTimestamp ?? event.eventTime ?? event.lastTimestamp ?? undefined;
  if (created === undefined || time === undefined) return [];
  return [{ at: Date.parse(time), observation: { ...created, state: "pulling" } }];
}
