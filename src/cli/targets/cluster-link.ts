import type { ClusterApi } from "../../cluster/api.ts";
import type { Clock } from "../../kernel/clock.ts";

/** A connection to a real cluster, which may not answer at times. */
export interface ClusterLink {
  /** Connects anew. Fails with CLUSTER_UNREACHABLE, or with what the cluster answers to who is not admitted. */
  connect(): Promise<ClusterApi>;
  /** The connection, while there is one. */
  current(): ClusterApi | undefined;
  /** The cluster's time, if it answers. It is not asked again within two seconds, for it may be far away. */
  now(): Promise<number | undefined>;
  /** Whether it is a rehearsal that somebody started. */
  isRehearsed(): boolean;
}

const freshMs = 2000;
const answerMs = 10_000;

export function clusterLink(clock: Clock, open: () => Promise<ClusterApi>): ClusterLink {
  let api: ClusterApi | undefined;
  let rehearsed = false;
  let last: { readonly at: number; readonly askedAt: number } | undefined;
  let silentAt = Number.NEGATIVE_INFINITY;

  const ask = async (cluster: ClusterApi) => {
    const { version, at } = await cluster.about({ signal: AbortSignal.timeout(answerMs) });
    rehearsed = version.endsWith("+aura-rehearsal");
    last = { at, askedAt: clock.now() };
    return at;
  };
  return {
    async connect() {
      api = undefined;
      const opened = await open();
      await ask(opened);
      api = opened;
      return opened;
    },
    current: () => api,
    async now() {
      if (api === undefined) return undefined;
      // a rehearsal's time runs faster than ours: what it said is old at once
      const age = last === undefined || rehearsed ? Number.POSITIVE_INFINITY : clock.now() - last.askedAt;
      if (last !== undefined && age < freshMs) return last.at + age;
      // nor is one that does not answer: each time that takes as long as one waits for it
      if (clock.now() - silentAt < freshMs) return undefined;
      return ask(api).catch(() => {
        silentAt = clock.now();
        return undefined;
      });
    },
    isRehearsed: () => rehearsed,
  };
}
