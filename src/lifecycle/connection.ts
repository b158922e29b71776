import type { ObjectApi } from "../cluster/api.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Target } from "./target.ts";

export interface Connection {
  /** The API, connected on first use; undefined while there is no cluster that answers. */
  api(): Promise<ObjectApi | undefined>;
  /** As `api`, but fails with CLUSTER_UNREACHABLE where that is undefined. */
  require(): Promise<ObjectApi>;
  /** The cluster is about to go, or gone. */
  drop(): void;
  /** The cluster's time: asked for, or the last answer plus the time since. */
  time(): Promise<number>;
  /** How long the cluster has not answered, in milliseconds of this machine's time; 0 while it does. */
  silentMs(): number;
}

/** One command's connection to its cluster, which may come and go. */
export function connection(target: Target, clock: Clock): Connection {
  let connected: ObjectApi | undefined;
  let ahead = 0;
  let answeredAt: number | undefined;

  const ask = async () => {
    const now = await target.now();
    if (now === undefined) return undefined;
    ahead = now - clock.now();
    answeredAt = clock.now();
    return now;
  };
  const require = async () => {
    // a cluster that died since would be asked in vain, and for long
    if (connected !== undefined && (await ask()) === undefined) connected = undefined;
    connected ??= await target.connect();
    return connected;
  };

  return {
    require,
    async api() {
      try {
        return await require();
      } catch (error) {
        if (isUnreachable(error)) return undefined;
        throw error;
      }
    },
    drop() {
      connected = undefined;
    },
    time: async () => (await ask()) ?? clock.now() + ahead,
    silentMs: () => (answeredAt === undefined ? 0 : clock.now() - answeredAt),
  };
}

/** Whether an error means that nobody answers. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Failure && error.code === "CLUSTER_UNREACHABLE";
}
