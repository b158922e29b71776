import type { ObjectApi } from "../../cluster/api.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";

export interface ClusterWait {
  readonly api: ObjectApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** In milliseconds of this machine's time. Each wait has a default of its own. */
  readonly timeoutMs?: number;
  /** Told what stands in the way, whenever that changes. */
  readonly tell?: (problems: readonly string[]) => void;
}

interface Awaited {
  /** As it ends the sentence `gave up waiting for …`. */
  readonly what: string;
  readonly defaultMs: number;
  readonly fix: string;
  /** What stands in the way, in plain words; empty where nothing is known to. */
  readonly problems: () => Promise<readonly string[]>;
  readonly isThere: () => Promise<boolean>;
}

const pauseMs = 1000;
/** Reasons are looked for less often than readiness: they take more requests. */
const looksPerReason = 10;

/** Waits for something in the cluster. Fails with NOT_READY, saying why it is not there, when time is up. */
export async function awaitReady(options: ClusterWait, awaited: Awaited): Promise<void> {
  const { clock, signal, tell = () => {} } = options;
  const timeoutMs = options.timeoutMs ?? awaited.defaultMs;
  let told = "";
  let looks = 0;
  const look = async () => {
    if (await awaited.isThere()) return true;
    looks += 1;
    if (looks % looksPerReason !== 0) return undefined;
    const problems = await awaited.problems();
    if (problems.length > 0 && problems.join("\n") !== told) tell(problems);
    told = problems.join("\n");
    return undefined;
  };
  const time = async () => clock.now();
  try {
    await waitUntil({ what: awaited.what, timeoutMs, time, clock, signal, pauseMs }, look);
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const problems = await awaited.problems();
    throw new Failure("NOT_READY", (error as Failure).message, {
      ...(problems.length > 0 && { problems }),
      fix: awaited.fix,
    });
  }
}
