import type { ClusterApi } from "../../../cluster/api.ts";
import { isApiError } from "../../../cluster/api.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/failure.ts";

/** A connection to a cluster that may not answer at times. */
export interface ClusterLink {
  /** Connects anew. Fails with CLUSTER_UNREACHABLE. */
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

  const ask = async (cluster: ClusterApi) => {
    const { version, at } = await cluster.about({ signal: AbortSignal.timeout(answerMs) });
    rehearsed = version.endsWith("+aura-rehearsal");
    last = { at, askedAt: clock.now() };
    return at;
  };
  return {
    async connect() {
      api = undefined;
      try {
        const opened = await open();
        await ask(opened);
        api = opened;
        return opened;
      } catch (error) {
        throw isApiError(error, 401) || isApiError(error, 403) ? notAdmitted(error) : error;
      }
    },
    current: () => api,
    async now() {
      if (api === undefined) return undefined;
      // a rehearsal's time runs faster than ours: what it said is old at once
      const age = last === undefined || rehearsed ? Number.POSITIVE_INFINITY : clock.now() - last.askedAt;
      if (last !== undefined && age < freshMs) return last.at + age;
      return ask(api).catch(() => undefined);
    },
    isRehearsed: () => rehearsed,
  };
}

function notAdmitted(cause: unknown): Failure {
  return new Failure("CLUSTER_UNREACHABLE", "the cluster does not admit the kubeconfig's user", {
    why: "its credentials are wrong, or they have expired",
    fix: "kubectl auth whoami tells; log in again as the cluster's provider has it",
    cause,
  });
}
