import { bounded } from "../forecast/bounded.ts";
import { budgetLevel } from "../forecast/budget-level.ts";
import { binsIn } from "../forecast/calendar.ts";
import { calibrated } from "../forecast/calibrated.ts";
import { demandForecaster } from "../forecast/demand.ts";
import { type Forecaster, isMeasured, type PointForecaster } from "../forecast/forecaster.ts";
import { holt } from "../forecast/holt.ts";
import { lastValue } from "../forecast/last-value.ts";
import { seasonalNaive } from "../forecast/seasonal-naive.ts";
import type { MakeServePolicy, ServeSeries } from "./rates-types.ts";

/** As many as the last bin wanted, and a share more. */
export function reactive(headroom: number): MakeServePolicy {
  return () => {
    const last = lastValue();
    return {
      name: headroom === 0 ? "reactive" : `reactive+${(100 * headroom).toFixed(0)}%`,
      observe: last.observe,
      nodes: () => last.forecast() * (1 + headroom),
    };
  };
}

/** Always the highest, or the mean, of what is wanted in the whole series: what a node group of fixed size has. */
export function always(what: "peak" | "mean"): MakeServePolicy {
  return ({ demand }) => {
    const known = demand.filter(isMeasured);
    const nodes =
      what === "peak"
        ? known.reduce((most, each) => Math.max(most, each), 0)
        : known.reduce((sum, each) => sum + each, 0) / known.length;
    return { name: `always-${what}`, observe: () => {}, nodes: () => nodes };
  };
}

/** What will be wanted, as nobody can know. */
export function clairvoyant(): MakeServePolicy {
  return ({ demand, leadBins }) => {
    let bin = 0;
    return {
      name: "clairvoyant",
      observe: () => {
        bin += 1;
      },
      nodes: () => demand[bin + leadBins - 1] ?? 0,
    };
  };
}

/** Stays under this bound with the same probability always. */
export function bound(name: string, p: number, make: (series: ServeSeries) => Forecaster): MakeServePolicy {
  return (series) => {
    const forecaster = make(series);
    const nodes = () => forecaster.quantile(p, series.leadBins);
    return { name: `${name}@${(100 * p).toFixed(0)}`, forecaster, observe: forecaster.observe, nodes };
  };
}

/** The bound is chosen, bin by bin, so that no more than the budgeted share of demand goes unserved in the long run. */
export function budgeted(unserved: number, make: (series: ServeSeries) => Forecaster = mixed): MakeServePolicy {
  return (series) => {
    const forecaster = make(series);
    const budget = budgetLevel({ unserved });
    return {
      name: `budget-${(100 * unserved).toFixed(1)}%`,
      forecaster,
      observe: (demand, nodes) => {
        // before the first bin there was nothing to provide from
        if (!Number.isNaN(forecaster.quantile(0.5))) budget.observe(demand, nodes);
        forecaster.observe(demand);
      },
      nodes: () => forecaster.quantile(budget.level(), series.leadBins),
    };
  };
}

const mixed = ({ leadBins, ...series }: ServeSeries) => demandForecaster({ ...series, horizons: [leadBins] });

const single = (point: (series: ServeSeries) => PointForecaster) => (series: ServeSeries) =>
  calibrated(bounded(point(series), { horizons: [series.leadBins] }), { horizons: [series.leadBins] });

/** What is compared, by name. */
export const servePolicies: Readonly<Record<string, MakeServePolicy>> = {
  "always-peak": always("peak"),
  "always-mean": always("mean"),
  reactive: reactive(0),
  "reactive+30%": reactive(0.3),
  "last-value@95": bound("last-value", 0.95, single(lastValue)),
  "holt@95": bound(
    "holt",
    0.95,
    single(() => holt()),
  ),
  "seasonal@95": bound(
    "seasonal",
    0.95,
    single((series) => seasonalNaive(binsIn(series, 24))),
  ),
  "mixture@93": bound("mixture", 0.93, mixed),
  "mixture@95": bound("mixture", 0.95, mixed),
  "budget-1.0%": budgeted(0.01),
  clairvoyant: clairvoyant(),
};
