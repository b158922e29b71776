import { Failure, messageOf } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { collect } from "../../lifecycle/collect.ts";
import { isUnreachable } from "../../lifecycle/connection.ts";
import { deploySteps } from "../../lifecycle/deploy.ts";
import { destroy } from "../../lifecycle/destroy.ts";
import type { Recorder } from "../../lifecycle/recorder.ts";
import type { Session } from "../../lifecycle/session.ts";
import { inBackground } from "../background.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { failureOf } from "../errors.ts";
import type { DetachFlags, FileFlags, TargetFlags } from "../flags.ts";
import { dropRemains, loadDeployed } from "../load.ts";
import { type Opened, withSession } from "../open.ts";
import { clusterKind } from "../progress/resources.ts";
import { reportResult } from "../summary.ts";

interface DownFlags extends FileFlags, TargetFlags, DetachFlags {
  readonly breakLock: boolean;
  readonly yes: boolean;
}

/** `aura down`: collects what was not collected, destroys, and looks for leftovers. Works without a valid aura.yaml. */
export async function down(this: Context, flags: DownFlags): Promise<void> {
  await perform(this, flags, async () => {
    if (flags.breakLock && flags.detach) throw new Failure("USAGE", "--break-lock and --detach do not go together");
    const environment = await loadDeployed(this, flags.file, flags);
    if (environment === undefined) {
      await dropRemains(this, flags.file);
      return nothingDeployed();
    }
    if (flags.detach) return inBackground(this, { environment, verb: "down", yes: flags.yes });
    return withSession(this, environment, { begin: false, yes: flags.yes }, (opened) => destroyAll(flags, opened));
  });
}

function nothingDeployed(): CommandResult {
  return { data: { ok: true, run: null, leftovers: [] }, text: "nothing is deployed" };
}

async function destroyAll(flags: DownFlags, { session, interrupts, confirm }: Opened): Promise<CommandResult> {
  const signal = interrupts.stop;
  const steps = deploySteps(session, { breakLock: flags.breakLock });
  const reachable = await isReachable(session);
  if (reachable) await confirmRunning(flags, confirm, await session.record());
  // what cannot be brought home must not keep the environment alive
  const unfinished = reachable
    ? await failureOf(() => collect(session, { releaseIdle: false, endJobs: true, signal }))
    : undefined;
  const undone = await failureOf(() => destroy(session, steps, signal));
  return reportResult(session, undone ?? unfinished);
}

/** Whether the cluster answers; if it does not, its jobs' logs and outputs are lost, and why is told. */
async function isReachable({ require, observe, options }: Session): Promise<boolean> {
  try {
    await require();
    return true;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const about = { level: "Warning", kind: clusterKind, name: options.environment.name, source: "aura" } as const;
    const message = `goes on without the cluster: ${messageOf(error)}`;
    await observe({ type: "event", ...about, reason: "Unreachable", message });
    return false;
  }
}

async function confirmRunning(flags: DownFlags, confirm: Opened["confirm"], recorder: Recorder): Promise<void> {
  const running = [...recorder.jobs.values()].filter(({ status }) => (status?.active ?? 0) > 0);
  if (running.length === 0 || flags.yes) return;
  const names = running.map(({ metadata }) => metadata.name).join(", ");
  const answer = await confirm(`${count(running.length, "job")} still active (${names}); destroy anyway?`);
  if (answer === true) return;
  throw new Failure("DECLINED", `${count(running.length, "job")} still active: ${names}`, {
    why: answer === undefined ? "nobody answered" : "the answer was no",
    fix: "aura down --yes",
  });
}
