import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { collect } from "../../lifecycle/collect.ts";
import { deploySteps } from "../../lifecycle/deploy.ts";
import { destroy } from "../../lifecycle/destroy.ts";
import type { Recorder } from "../../lifecycle/recorder.ts";
import { inBackground } from "../background.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { failureOf } from "../errors.ts";
import type { DetachFlags, FileFlags, TargetFlags } from "../flags.ts";
import { dropRemains, loadDeployed } from "../load.ts";
import { type Opened, withSession } from "../open.ts";
import { reportResult } from "../summary.ts";

interface DownFlags extends FileFlags, TargetFlags, DetachFlags {
  readonly yes: boolean;
}

/** `aura down`: collects what was not collected, destroys, and looks for leftovers. Works without a valid aura.yaml. */
export async function down(this: Context, flags: DownFlags): Promise<void> {
  await perform(this, flags, async () => {
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
  const reachable = (await session.api()) !== undefined;
  if (reachable) await confirmRunning(flags, confirm, await session.record());
  // what cannot be brought home must not keep the environment alive
  const unfinished = reachable
    ? await failureOf(() => collect(session, { releaseIdle: false, endJobs: true, signal }))
    : undefined;
  const undone = await failureOf(() => destroy(session, deploySteps(session), signal));
  return reportResult(session, undone ?? unfinished);
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
