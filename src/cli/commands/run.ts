import { runJobs } from "../../lifecycle/run-jobs.ts";
import { noEnvironment } from "../../lifecycle/session.ts";
import type { Environment } from "../../spec/environment.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags, JobFlags, SettingFlags } from "../flags.ts";
import { loadDeployed, loadJobs, loadSpec } from "../load.ts";
import { withSession } from "../open.ts";
import { preflight } from "../preflight.ts";
import { reportResult } from "../summary.ts";
import { targetOf } from "../targets/target-of.ts";

/** `aura run`: submits jobs to the deployed environment and waits. Ctrl-C stops the waiting, not the jobs. */
export async function run(this: Context, flags: FileFlags & JobFlags & SettingFlags): Promise<void> {
  await perform(this, flags, async () => {
    const wanted = await loadSpec(this, flags.file, flags);
    const deployed = await loadDeployed(this, flags.file, flags);
    if (deployed?.name !== wanted.name) throw noEnvironment(wanted.name);
    const environment = forRun(deployed, wanted);
    const jobs = await loadJobs(this, environment, flags.job);
    await preflight(await targetOf(this, environment), jobs);
    return withSession(this, environment, { begin: false }, async ({ session, interrupts }) => {
      const failure = await runJobs(session, jobs, interrupts.stop).then(
        () => undefined,
        (error: unknown) => error,
      );
      return reportResult(session, failure);
    });
  });
}

/** What is deployed is as it was deployed; how long jobs may take and what they may cost is as the file says now. */
function forRun(deployed: Environment, { timeoutMs, budgetUsd, jobFiles }: Environment): Environment {
  const { budgetUsd: _, ...rest } = deployed;
  return { ...rest, timeoutMs, jobFiles, ...(budgetUsd !== undefined && { budgetUsd }) };
}
