import { resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import type { StopName } from "../../kernel/vocabulary.ts";
import { deploy, deploySteps, stepsUntil } from "../../lifecycle/deploy.ts";
import type { Environment } from "../../spec/environment.ts";
import { inBackground } from "../background.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { DetachFlags, FileFlags, ReportFlags, SettingFlags } from "../flags.ts";
import { withInterrupts } from "../interrupt.ts";
import { loadSpec } from "../load.ts";
import { type Opened, withSession } from "../open.ts";
import { finishDestroy } from "./cycle.ts";
import { showPlan } from "./up-plan.ts";

interface UpFlags extends FileFlags, ReportFlags, SettingFlags, DetachFlags {
  readonly plan: boolean;
  readonly until?: StopName;
  readonly yes: boolean;
}

/** `aura up`: deploys, or finds deployed, and leaves running. */
export async function up(this: Context, flags: UpFlags): Promise<void> {
  await perform(this, flags, async () => {
    refuseContradictions(flags);
    const environment = await loadSpec(this, flags.file, flags);
    if (flags.plan) return showPlan(this, environment);
    if (flags.detach) return inBackground(this, { environment, verb: "up", yes: flags.yes });
    const reportDir = flags.report === undefined ? {} : { reportDir: resolve(this.cwd, flags.report) };
    return withInterrupts(this, async (interrupts) => {
      await finishDestroy(this, environment, interrupts);
      const options = { begin: true, ...reportDir, interrupts, yes: flags.yes };
      return withSession(this, environment, options, (opened) => bringUp(environment, opened, flags.until));
    });
  });
}

function refuseContradictions({ plan, until, detach }: UpFlags): void {
  const given = [
    ...(plan ? ["--plan"] : []),
    ...(until === undefined ? [] : ["--until"]),
    ...(detach ? ["--detach"] : []),
  ];
  if (given.length < 2) return;
  throw new Failure("USAGE", `${given.join(" and ")} do not go together`, { fix: "pass one of them" });
}

async function bringUp(
  environment: Environment,
  { session, target, interrupts }: Opened,
  until: StopName | undefined,
): Promise<CommandResult> {
  const steps = deploySteps(session);
  await deploy(session, until === undefined ? steps : stepsUntil(steps, until), interrupts.stop);
  const { kubeconfig } = target;
  const data = { ok: true, run: session.run.run, environment: environment.name, target: target.name, kubeconfig };
  if (until !== undefined) {
    return {
      data: { ...data, until },
      text: `${environment.name} is up to ${until}\n  next   aura up           goes on`,
    };
  }
  const text = [
    `${environment.name} is up (${target.name})`,
    "  next   aura run          runs its jobs",
    "         aura status       shows what runs and what it costs",
    "         aura down         destroys it",
    `  or     export KUBECONFIG=${kubeconfig}`,
  ].join("\n");
  return { data, text };
}
