import { hourlyUsd } from "../../catalog/environment-costs.ts";
import { Failure } from "../../kernel/failure.ts";
import { humanUsd } from "../../kernel/text.ts";
import type { DeployPlan, Target, TargetRun } from "../../lifecycle/target.ts";
import type { Environment } from "../../spec/environment.ts";
import type { CommandResult } from "../command.ts";
import type { Context } from "../context.ts";
import { withInterrupts } from "../interrupt.ts";
import { withSession } from "../open.ts";
import { targetOf } from "../targets/target-of.ts";

/** What `aura up` would make, and what it would cost by the hour. Begins no run and makes nothing. */
export function showPlan(context: Context, environment: Environment): Promise<CommandResult> {
  return withInterrupts(context, async (interrupts) => {
    const signal = interrupts.stop;
    try {
      return await withSession(context, environment, { begin: false, interrupts }, ({ session, target, confirm }) =>
        planned(environment, target, { ...session.facts, observe: session.observe, confirm }, signal),
      );
    } catch (error) {
      if (!(error instanceof Failure && error.code === "NO_ENVIRONMENT")) throw error;
      const target = await targetOf(context, environment);
      return planned(environment, target, unbegun(context, environment), signal);
    }
  });
}

/** For names and times in a plan of what was not begun. */
function unbegun({ clock }: Context, { name, ttlMs }: Environment): TargetRun {
  return {
    run: `${name}-planned`,
    expiresAt: clock.now() + ttlMs,
    observe: async () => {},
    confirm: async () => undefined,
  };
}

async function planned(
  environment: Environment,
  target: Target,
  run: TargetRun,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { changes, resources } = (await target.plan?.(run, signal)) ?? stepsPlan(target, run);
  const usdPerHour = hourlyUsd(target.charges);
  const text = [
    changes.length === 0 ? "nothing would change" : `${environment.name} (${target.name}): a deploy would`,
    ...changes.map((change) => `  ${change}`),
    `${humanUsd(usdPerHour)} an hour from then on, nodes of jobs not counted`,
  ].join("\n");
  return { data: { ok: true, environment: environment.name, changes, resources, usdPerHour }, stdout: text, text: "" };
}

function stepsPlan(target: Target, run: TargetRun): DeployPlan {
  const objects = target.objects(run).map(({ kind, metadata }) => `apply ${kind} ${metadata.name}`);
  return { changes: [...target.steps(run).map(({ title }) => `see to it: ${title}`), ...objects], resources: [] };
}
