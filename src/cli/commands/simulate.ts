import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import { amount } from "../simulate/amounts.ts";
import { demandOf } from "../simulate/demand.ts";
import type { SimulateFlags } from "../simulate/flags.ts";
import { jobsText } from "../simulate/jobs-text.ts";
import { ratesText } from "../simulate/rates-text.ts";
import { runJobs } from "../simulate/run-jobs.ts";
import { runRates } from "../simulate/run-rates.ts";

/** What nobody watches has all columns. */
const unwatched = 200;

/** `aura simulate`: what policies would have cost, and what jobs would have waited, on a trace. */
export async function simulate(this: Context, flags: SimulateFlags): Promise<void> {
  const { stdout } = this.process;
  const width = stdout.isTTY === true ? stdout.columns || 80 : unwatched;
  await perform(this, { output: flags.output === "json" ? "json" : "text" }, async () => {
    const seed = amount("seed", flags.seed, { from: 0, to: 2 ** 32 - 1, whole: true }) ?? 1;
    const demand = await demandOf(flags, this.cwd, seed);
    if (demand.kind === "rates") {
      const results = runRates(this, flags, demand);
      return { data: results, stdout: ratesText(results), text: "" };
    }
    const { trace, format, rejected } = demand;
    const results = runJobs(this, flags, { trace, source: { format, rejected }, seed });
    return { data: results, stdout: jobsText(results, width), text: "" };
  });
}
