import type { Job } from "../cluster/objects.ts";
import { Failure } from "../kernel/failure.ts";
import type { Target } from "../lifecycle/target.ts";

/** Refuses jobs that cannot run, before anything is started or paid for. */
export async function preflight(target: Target, jobs: readonly Job[]): Promise<void> {
  const problems = await target.preflight(jobs);
  if (problems.length === 0) return;
  throw new Failure("JOB_REFUSED", "these jobs cannot run here", { problems });
}
