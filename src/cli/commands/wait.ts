import type { Awaited } from "../../kernel/vocabulary.ts";
import { waitUntil } from "../../kernel/wait.ts";
import { deploySteps, stepsUntil } from "../../lifecycle/deploy.ts";
import { awaitRun } from "../../lifecycle/run-jobs.ts";
import { noEnvironment } from "../../lifecycle/session.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { failureOf } from "../errors.ts";
import type { FileFlags, SettingFlags } from "../flags.ts";
import { loadDeployed, loadSpec } from "../load.ts";
import { type Opened, withSession } from "../open.ts";
import { reportResult } from "../summary.ts";
import { forRun } from "./run.ts";

const karpenterTimeoutMs = 10 * 60_000;

/** `aura wait`: until the jobs of the run have ended, with the exit codes of `aura run`; or until Karpenter works. */
export async function wait(this: Context, flags: FileFlags & SettingFlags, what: Awaited = "jobs"): Promise<void> {
  await perform(this, flags, async () => {
    const wanted = await loadSpec(this, flags.file, flags);
    const deployed = await loadDeployed(this, flags.file, flags);
    if (deployed?.name !== wanted.name) throw noEnvironment(wanted.name);
    return withSession(this, forRun(deployed, wanted), { begin: false }, async (opened) => {
      if (what === "karpenter") return karpenterReady(this, opened);
      const { session, interrupts } = opened;
      return reportResult(session, await failureOf(() => awaitRun(session, interrupts.stop)));
    });
  });
}

/** Where somebody else sees to nodes, the cluster has to answer: more is not known of it. */
async function karpenterReady({ clock }: Context, { session, target, interrupts }: Opened): Promise<CommandResult> {
  const signal = interrupts.stop;
  await session.require();
  const step = target.scope === "run" ? undefined : stepsUntil(deploySteps(session), "karpenter").outside.at(-1);
  if (step !== undefined) {
    const what = `${step.title} to be ready`;
    await waitUntil(
      { what, timeoutMs: karpenterTimeoutMs, time: async () => clock.now(), clock, signal, pauseMs: 2000 },
      async () => ((await step.observe(signal)) === "present" ? true : undefined),
    );
  }
  const title = step?.title ?? "the cluster";
  return { data: { ok: true, run: session.run.run, ready: title }, text: `${title} is ready` };
}
