import type { ObjectApi } from "../../cluster/api.ts";
import type { Clock } from "../../kernel/clock.ts";

export interface ClusterLink<T extends ObjectApi> {
  /** Connects anew. Fails with CLUSTER_UNREACHABLE. */
  connect(): Promise<T>;
  /** The connection, while there is one. */
  current(): T | undefined;
  /**
   * The time, if the cluster answers: real clusters have the same as everybody. It is not asked again within two
   * seconds, for it may be far away.
   */
  now(): Promise<number | undefined>;
}

const freshMs = 2000;

/** A real cluster's connection, which `open` makes. */
export function clusterLink<T extends ObjectApi>(clock: Clock, open: () => Promise<T>): ClusterLink<T> {
  let api: T | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  return {
    async connect() {
      api = undefined;
      const opened = await open();
      await ping(opened);
      answeredAt = clock.now();
      api = opened;
      return opened;
    },
    current: () => api,
    async now() {
      if (api === undefined) return undefined;
      if (clock.now() - answeredAt < freshMs) return clock.now();
      const answers = await ping(api).then(
        () => true,
        () => false,
      );
      if (!answers) return undefined;
      answeredAt = clock.now();
      return answeredAt;
    },
  };
}

function ping(api: ObjectApi): Promise<unknown> {
  return api.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
}
