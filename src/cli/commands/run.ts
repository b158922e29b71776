import { runJobs } from "../../lifecycle/run-jobs.ts";
import { noEnvironment } from "../../lifecycle/session.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags, JobFlags, SettingFlags } from "../flags.ts";
import { loadDeployed, loadJobs, loadSpec } from "../load.ts";
import { withSession } from "../open.ts";
import { preflight } from "../preflight.ts";
import { reportResult } from "../summary.ts";
import { rehearsalTarget } from "../targets/rehearsal-target.ts";

/** `aura run`: submits jobs to the deployed environment and waits. Ctrl-C stops the waiting, not the jobs. */
export async function run(this: Context, flags: FileFlags & JobFlags & SettingFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadSpec(this, flags.file, flags);
    const deployed = await loadDeployed(this, flags.file);
    if (deployed?.name !== environment.name) throw noEnvironment(environment.name);
    const jobs = await loadJobs(this, environment, flags.job);
    await preflight(rehearsalTarget(this, environment), jobs);
    return withSession(this, environment, { begin: false }, async ({ session, interrupts }) => {
      const failure = await runJobs(session, jobs, interrupts.stop).then(
        () => undefined,
        (error: unknown) => error,
      );
      return reportResult(session, failure);
    });
  });
}
