import type { Job } from "../../cluster/objects.ts";
import { runJobs, submitJobs } from "../../lifecycle/run-jobs.ts";
import { noEnvironment, type Session } from "../../lifecycle/session.ts";
import type { Environment } from "../../spec/environment.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { DetachFlags, FileFlags, JobFlags, SettingFlags } from "../flags.ts";
import { loadDeployed, loadJobs, loadSpec } from "../load.ts";
import { withSession } from "../open.ts";
import { preflight } from "../preflight.ts";
import { reportResult } from "../summary.ts";
import { targetOf } from "../targets/target-of.ts";

interface RunFlags extends FileFlags, JobFlags, SettingFlags, DetachFlags {}

/** `aura run`: submits jobs to the deployed environment and waits. Ctrl-C stops the waiting, not the jobs. */
export async function run(this: Context, flags: RunFlags): Promise<void> {
  await perform(this, flags, async () => {
    const wanted = await loadSpec(this, flags.file, flags);
    const deployed = await loadDeployed(this, flags.file, flags);
    if (deployed?.name !== wanted.name) throw noEnvironment(wanted.name);
    const environment = forRun(deployed, wanted);
    const jobs = await loadJobs(this, environment, flags.job);
    await preflight(await targetOf(this, environment), jobs);
    return withSession(this, environment, { begin: false }, async ({ session, interrupts }) => {
      if (flags.detach) return submitted(session, jobs, interrupts.stop);
      const failure = await runJobs(session, jobs, interrupts.stop).then(
        () => undefined,
        (error: unknown) => error,
      );
      return reportResult(session, failure);
    });
  });
}

async function submitted(session: Session, jobs: readonly Job[], signal: AbortSignal): Promise<CommandResult> {
  await submitJobs(session, jobs, signal);
  const { run } = session.run;
  const names = jobs.map(({ metadata: { name = "", namespace = "default" } }) => ({ name, namespace }));
  const text = [
    `submitted: ${names.map(({ name }) => name).join(", ")}`,
    "  next   aura logs --follow",
    "         aura status",
    "         aura collect      brings home what has ended, while its nodes are there",
  ].join("\n");
  return { data: { ok: true, run, jobs: names }, text };
}

/** What is deployed is as it was deployed; how long jobs may take and what they may cost is as the file says now. */
export function forRun(deployed: Environment, wanted: Environment): Environment {
  const { budgetUsd: _, withoutGpus: __, ...rest } = deployed;
  const { timeoutMs, jobFiles, budgetUsd, withoutGpus } = wanted;
  return {
    ...rest,
    ...{ timeoutMs, jobFiles },
    ...(budgetUsd !== undefined && { budgetUsd }),
    ...(withoutGpus && { withoutGpus }),
  };
}
