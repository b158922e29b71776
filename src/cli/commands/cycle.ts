import { resolve } from "node:path";

import type { Job } from "../../cluster/objects.ts";
import { Failure, isInterruption } from "../../kernel/failure.ts";
import { collect } from "../../lifecycle/collect.ts";
import { deploy, deploySteps } from "../../lifecycle/deploy.ts";
import { readSnapshot } from "../../lifecycle/deployed.ts";
import { destroy } from "../../lifecycle/destroy.ts";
import { runJobs } from "../../lifecycle/run-jobs.ts";
import type { Session } from "../../lifecycle/session.ts";
import type { Environment } from "../../spec/environment.ts";
import { inBackground } from "../background.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { failureOf } from "../errors.ts";
import type { DetachFlags, FileFlags, JobFlags, ReportFlags, SettingFlags } from "../flags.ts";
import { type Interrupts, withInterrupts } from "../interrupt.ts";
import { loadJobs, loadSpec } from "../load.ts";
import { type Opened, withSession } from "../open.ts";
import { preflight } from "../preflight.ts";
import { reportResult } from "../summary.ts";
import { targetOf } from "../targets/target-of.ts";

interface CycleFlags extends FileFlags, JobFlags, ReportFlags, SettingFlags, DetachFlags {
  readonly keep: boolean;
  readonly onInterrupt: "ask" | "destroy" | "keep";
  readonly yes: boolean;
}

/** `aura cycle`: destroys on success, failure, timeout and interrupt, unless told to keep. */
export async function cycle(this: Context, flags: CycleFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadSpec(this, flags.file, flags);
    const jobs = await loadJobs(this, environment, flags.job);
    await preflight(await targetOf(this, environment), jobs);
    if (flags.detach) return inBackground(this, { environment, verb: "cycle", yes: flags.yes });
    return withInterrupts(this, async (interrupts) => {
      await finishDestroy(this, environment, interrupts);
      const options = { ...beginOptions(this, flags), interrupts, yes: flags.yes };
      return withSession(this, environment, options, (opened) => live(flags, jobs, opened));
    });
  });
}

function beginOptions(context: Context, flags: CycleFlags) {
  return { begin: true, ...(flags.report !== undefined && { reportDir: resolve(context.cwd, flags.report) }) };
}

/**
 * A destroy that was cut off by a crash is finished before anything new begins, where and as the environment was
 * deployed: its file may say something else by now. Throws when a signal came meanwhile:
 * nothing has begun, so there is nothing to undo.
 */
export async function finishDestroy(context: Context, environment: Environment, interrupts: Interrupts): Promise<void> {
  const deployed = (await readSnapshot(environment.directory, environment.name)) ?? environment;
  await withSession(context, deployed, { begin: false, interrupts }, async ({ session }) => {
    if (!session.run.destroying) return;
    await collectRest(session, interrupts);
    await destroy(session, deploySteps(session), interrupts.stop);
  }).catch((error: unknown) => {
    if (!(error instanceof Failure && error.code === "NO_ENVIRONMENT")) throw error;
  });
  interrupts.stop.throwIfAborted();
}

async function live(flags: CycleFlags, jobs: readonly Job[], opened: Opened): Promise<CommandResult> {
  const { session, interrupts } = opened;
  const steps = deploySteps(session);
  const failure = await failureOf(async () => {
    await deploy(session, steps, interrupts.stop);
    await runJobs(session, jobs, interrupts.stop);
    await collect(session, { releaseIdle: true, signal: interrupts.stop });
  });
  if (await keeps(flags, opened, failure)) return kept(await reportResult(session, failure));
  const unfinished = failure === undefined ? undefined : await collectRest(session, interrupts);
  const undone = await failureOf(() => destroy(session, steps, interrupts.abort));
  // what is left matters more than what went wrong before: it costs money
  return reportResult(session, undone ?? failure ?? unfinished);
}

function kept(result: CommandResult): CommandResult {
  return { ...result, text: `${result.text}\nkept     it goes on running: aura status, aura run, aura down` };
}

/** Whether the environment stays: asked of the flags, or on a Ctrl-C of the user. */
async function keeps(flags: CycleFlags, { confirm }: Opened, failure: unknown): Promise<boolean> {
  if (!isInterruption(failure)) return flags.keep;
  if (flags.onInterrupt !== "ask") return flags.onInterrupt === "keep";
  // SIGTERM and SIGHUP come from a system that is about to end everything, or from a terminal that is gone
  if (flags.yes || !isFromUser(failure)) return false;
  // nobody to ask, or no patience for a question: destroy
  return (await confirm("destroy everything now?")) === false;
}

function isFromUser(interruption: unknown): boolean {
  return interruption instanceof Failure && interruption.code === "INTERRUPTED";
}

/** Ends the jobs of a run that is to be destroyed and brings home what they left, without waiting for idle nodes. */
async function collectRest(session: Session, interrupts: Interrupts): Promise<unknown> {
  if ((await session.api()) === undefined) return undefined;
  return failureOf(() => collect(session, { releaseIdle: false, endJobs: true, signal: interrupts.abort }));
}
