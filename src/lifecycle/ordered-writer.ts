import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import type { Timed } from "./observations.ts";

/** Writes observations one after another, each state of an object once. */
export interface OrderedWriter {
  all(list: readonly Timed<Observation>[]): void;
  /** What comes after waits until these are known. */
  later(list: Promise<readonly Timed<Observation>[]>): void;
  drained(): Promise<void>;
}

export interface WriterOptions {
  readonly observe: (observation: Observation, at: number) => Promise<void>;
  /** What earlier commands of the run observed: not written again. */
  readonly known: readonly TimelineEntry[];
}

export function orderedWriter({ observe, known }: WriterOptions): OrderedWriter {
  const seen = new Set(known.map(({ wall: _, at, ...observation }) => JSON.stringify(identityOf(observation, at))));
  let tail: Promise<unknown> = Promise.resolve();
  const one = async ({ at, observation }: Timed<Observation>) => {
    const identity = JSON.stringify(identityOf(observation, at));
    if (seen.has(identity)) return;
    seen.add(identity);
    await observe(observation, at);
  };
  const later: OrderedWriter["later"] = (list) => {
    const previous = tail;
    tail = list.then(async (values) => {
      await previous;
      for (const value of values) await one(value);
    });
  };
  return {
    all: (list) => later(Promise.resolve(list)),
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
