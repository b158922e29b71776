import { timestamp } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { didYouMean } from "../../kernel/text.ts";
import { type RateResults, resultsVersion } from "../../report/simulation/results.ts";
import { serve } from "../../simulate/rates.ts";
import { servePolicies } from "../../simulate/rates-policies.ts";
import type { MakeServePolicy, ServeResult } from "../../simulate/rates-types.ts";
import type { RateTrace, RejectedRows } from "../../trace/trace.ts";
import type { Context } from "../context.ts";
import { counter } from "./counter.ts";
import type { SimulateFlags } from "./flags.ts";

/** What each name stands for; Aura's own is the mixture of forecasts that keeps to a budget of 1 % unserved. */
const serving: Readonly<Record<string, MakeServePolicy | undefined>> = Object.fromEntries(
  Object.entries(servePolicies).map(([name, policy]) => [name === "budget-1.0%" ? "aura" : name, policy]),
);

/** Each series is scaled to a mean of so many nodes: what a node serves depends on the model, which traces do not say. */
const meanNodes = 20;
const leadBins = 1;
const warmUp = 0.5;

/** Serving policies on request rates: what they miss, and what they provide too much. */
export function runRates(
  context: Context,
  flags: SimulateFlags,
  { rates, format, rejected }: { readonly rates: RateTrace; readonly format: string; readonly rejected: RejectedRows },
): RateResults {
  if (flags.report !== undefined) {
    throw new Failure("USAGE", "--report is for traces of jobs", {
      why: `${rates.name} has request rates`,
      fix: "leave out --report; -o json has every figure",
    });
  }
  const names = namesOf(flags.policy ?? []);
  const said = counter(context, names.length);
  const results = names.flatMap((name) => {
    said.step(name);
    const policy = serving[name];
    return policy === undefined
      ? []
      : serve(rates, { policy, meanNodes, leadBins, warmUp }).map((result) => ({ ...result, policy: name }));
  });
  said.end();
  const series = rates.series.map(({ name }) => ({
    series: name,
    policies: results.filter((row) => row.series === name),
  }));
  const whole = results.filter((row) => row.series === "pooled");
  return {
    version: resultsVersion,
    ok: true,
    kind: "rates",
    trace: {
      name: rates.name,
      format,
      startAt: timestamp(rates.startMs),
      stepSeconds: rates.stepSeconds,
      bins: rates.series.reduce((most, { perSecond }) => Math.max(most, perSecond.length), 0),
      series: rates.series.length,
      rejected,
    },
    serving: { meanNodes, leadSeconds: leadBins * rates.stepSeconds, warmUp },
    policies: sorted(whole.length > 0 ? whole : (series[0]?.policies ?? [])),
    series,
  };
}

/** By nodes that are there beyond need. */
function sorted(rows: readonly ServeResult[]): readonly ServeResult[] {
  return [...rows].sort((a, b) => a.overProvision - b.overProvision);
}

function namesOf(asked: readonly string[]): readonly string[] {
  const names = Object.keys(serving);
  for (const name of asked) {
    if (names.includes(name)) continue;
    const meant = didYouMean(name, names);
    throw new Failure("USAGE", `there is no policy ${JSON.stringify(name)} for request rates`, {
      fix: meant === undefined ? `one of ${names.join(", ")}` : `did you mean ${meant}?`,
    });
  }
  return asked.length === 0 ? names : [...new Set(asked)];
}
