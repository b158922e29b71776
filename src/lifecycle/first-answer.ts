import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";

const firstAnswerMs = 30_000;

/** Bounds the wait for a cluster's first answers. Fails with CLUSTER_UNREACHABLE. */
export async function answered(ready: Promise<void>, clock: Clock): Promise<void> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    const failure = new Failure("CLUSTER_UNREACHABLE", "the cluster does not say what is in it", {
      why: `nothing came within ${firstAnswerMs / 1000} s`,
      fix: "aura down",
    });
    cancel = clock.schedule(firstAnswerMs, () => reject(failure));
  });
  await Promise.race([ready, late]).finally(cancel);
}
