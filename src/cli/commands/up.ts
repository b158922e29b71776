import { resolve } from "node:path";

import { deploy, deploySteps } from "../../lifecycle/deploy.ts";
import type { Environment } from "../../spec/environment.ts";
import { inBackground } from "../background.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { DetachFlags, FileFlags, ReportFlags, SettingFlags } from "../flags.ts";
import { withInterrupts } from "../interrupt.ts";
import { loadSpec } from "../load.ts";
import { type Opened, withSession } from "../open.ts";
import { finishDestroy } from "./cycle.ts";

interface UpFlags extends FileFlags, ReportFlags, SettingFlags, DetachFlags {
  readonly yes: boolean;
}

/** `aura up`: deploys, or finds deployed, and leaves running. */
export async function up(this: Context, flags: UpFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadSpec(this, flags.file, flags);
    if (flags.detach) return inBackground(this, { environment, verb: "up", yes: flags.yes });
    const reportDir = flags.report === undefined ? {} : { reportDir: resolve(this.cwd, flags.report) };
    return withInterrupts(this, async (interrupts) => {
      await finishDestroy(this, environment, interrupts);
      const options = { begin: true, ...reportDir, interrupts, yes: flags.yes };
      return withSession(this, environment, options, (opened) => bringUp(environment, opened));
    });
  });
}

async function bringUp(environment: Environment, { session, target, interrupts }: Opened): Promise<CommandResult> {
  await deploy(session, deploySteps(session), interrupts.stop);
  const { kubeconfig } = target;
  const data = { ok: true, run: session.run.run, environment: environment.name, target: target.name, kubeconfig };
  const text = [
    `${environment.name} is up (${target.name})`,
    "  next   aura run          runs its jobs",
    "         aura status       shows what runs and what it costs",
    "         aura down         destroys it",
    `  or     export KUBECONFIG=${kubeconfig}`,
  ].join("\n");
  return { data, text };
}
