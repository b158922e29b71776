import type { ClusterApi } from "../../cluster/api.ts";
import type { Clock } from "../../kernel/clock.ts";

/** A connection to a real cluster, which may not answer at times. */
export interface ClusterLink {
  /** Connects anew. Fails with CLUSTER_UNREACHABLE, or with what the cluster answers to who is not admitted. */
  connect(): Promise<ClusterApi>;
  /** The connection, while there is one. */
  current(): ClusterApi | undefined;
  /**
   * The cluster's time, if it answers. It is not asked again within two seconds, for it may be far away; the longer it has
   * been silent, the longer not, half a minute at most.
   */
  now(): Promise<number | undefined>;
  /** Whether it is a rehearsal that somebody started. */
  isRehearsed(): boolean;
}

const freshMs = 2000;
const answerMs = 10_000;
/** The longest that a silent one is left in peace: it is to be noticed when it is back. */
const mostPeaceMs = 30_000;

export function clusterLink(clock: Clock, open: () => Promise<ClusterApi>): ClusterLink {
  let api: ClusterApi | undefined;
  let rehearsed = false;
  let last: { readonly at: number; readonly askedAt: number } | undefined;
  let silence = { at: Number.NEGATIVE_INFINITY, peaceMs: 0 };

  const ask = async (cluster: ClusterApi) => {
    const { version, at } = await cluster.about({ signal: AbortSignal.timeout(answerMs) });
    rehearsed = version.endsWith("+aura-rehearsal");
    last = { at, askedAt: clock.now() };
    silence = { at: Number.NEGATIVE_INFINITY, peaceMs: 0 };
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
      // each question to one that does not answer takes as long as one waits for it: a teardown has hundreds
      if (clock.now() - silence.at < silence.peaceMs) return undefined;
      return ask(api).catch(() => {
        silence = { at: clock.now(), peaceMs: Math.min(Math.max(freshMs, 2 * silence.peaceMs), mostPeaceMs) };
        return undefined;
      });
    },
    isRehearsed: () => rehearsed,
  };
}
