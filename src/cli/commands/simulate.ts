import { resolve } from "node:path";

import type { JobResults } from "../../report/simulation/results.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { amount } from "../simulate/amounts.ts";
import { type Demand, demandOf } from "../simulate/demand.ts";
import type { SimulateFlags } from "../simulate/flags.ts";
import { jobsText } from "../simulate/jobs-text.ts";
import { ratesText } from "../simulate/rates-text.ts";
import { type Contestant, contestants } from "../simulate/roster.ts";
import { type RunJobsOptions, runJobs } from "../simulate/run-jobs.ts";
import { runRates } from "../simulate/run-rates.ts";
import { reportFiles } from "../simulate/write-report.ts";

/** What nobody watches has all columns. */
const unwatched = 200;

/** `aura simulate`: what policies would have cost, and what jobs would have waited, on a trace. */
export async function simulate(this: Context, flags: SimulateFlags): Promise<void> {
  await perform(this, { output: flags.output === "json" ? "json" : "text" }, async () => {
    const seed = amount("seed", flags.seed, { from: 0, to: 2 ** 32 - 1, whole: true }) ?? 1;
    const demand = await demandOf(flags, this.cwd, seed);
    return demand.kind === "rates" ? ratesResult(this, flags, demand) : jobsResult(this, flags, demand, seed);
  });
}

function ratesResult(
  context: Context,
  flags: SimulateFlags,
  demand: Demand & { readonly kind: "rates" },
): CommandResult {
  const results = runRates(context, flags, demand);
  return { data: results, stdout: ratesText(results), text: "" };
}

async function jobsResult(
  context: Context,
  flags: SimulateFlags,
  { trace, format, rejected }: Demand & { readonly kind: "jobs" },
  seed: number,
): Promise<CommandResult> {
  const { stdout } = context.process;
  const width = stdout.isTTY === true ? stdout.columns || 80 : unwatched;
  const field = contestants(flags.policy ?? [], seed);
  const options = { trace, source: { format, rejected }, seed, field };
  if (flags.report === undefined) {
    const results = runJobs(context, flags, options);
    return { data: results, stdout: jobsText(results, width), text: "" };
  }
  const results = await reported(context, flags, resolve(context.cwd, flags.report), options);
  const { timeline, html } = results.report ?? { timeline: null, html: "" };
  const more = timeline === null ? [] : [`next     aura report ${timeline}`];
  return { data: results, stdout: jobsText(results, width), text: [`report   ${html}`, ...more].join("\n") };
}

async function reported(
  context: Context,
  flags: SimulateFlags,
  folder: string,
  options: RunJobsOptions,
): Promise<JobResults> {
  const policy = followed(options.field);
  const files = await reportFiles(folder, policy, options.trace.jobs.count);
  const { observe, paths } = files;
  try {
    const listener = observe === undefined ? undefined : { policy, observe };
    const results = { ...runJobs(context, flags, { ...options, listener }), report: paths };
    await files.finish(results, context.version);
    return results;
  } catch (error) {
    files.abandon();
    throw error;
  }
}

/** Whose run is written as a timeline. */
function followed(field: readonly Contestant[]): string {
  return (field.find(({ name }) => name === "aura") ?? field[0])?.name ?? "";
}
