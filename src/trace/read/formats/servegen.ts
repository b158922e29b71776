import { defaultStartMs } from "../../calendar.ts";
import { newSampledRates } from "../../sampled-rates.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { cell, type ReadContext, type RowReader, type TraceFormat } from "../format.ts";

/** Alibaba ServeGen's rates in `../shared/traces`, a series for each model. A bin without rate and clients is missing. */
export const servegenRates: TraceFormat = {
  name: "ServeGen rates",
  columns: ["t_s", "model", "rps", "clients"],
  open: (context) => rateReader(context, []),
};

/**
 * Its clients: a series for each, called `model/client`. They have rows for bins with requests only: other bins are 0,
 * but for those in which no client of the model has any, which are missing.
 */
export const servegenClients: TraceFormat = {
  name: "ServeGen clients",
  columns: ["t_s", "model", "client", "rps"],
  open: (context) => rateReader(context, ["client"]),
};

/** A series is called by its model and the cells of these columns. */
function rateReader(context: ReadContext, within: readonly string[]): RowReader {
  const { column, name, startMs = defaultStartMs } = context;
  const cells: readonly AmountCell[] = [
    { name: "t_s", column: column("t_s"), limit: most.seconds, required: true },
    { name: "rps", column: column("rps"), limit: 1e9, required: true },
    { name: "clients", column: column("clients"), limit: 1e9 },
  ];
  const amounts = new Float64Array(cells.length);
  const model = column("model");
  const called = [model, ...within.map((key) => column(key))];
  const rates = newSampledRates(name);
  return {
    row(fields) {
      const wrong = readAmounts(fields, cells, amounts);
      if (wrong !== undefined) return wrong;
      const [seconds = 0, perSecond = 0, clients = 0] = amounts;
      if (!Number.isInteger(seconds)) return "t_s is not a whole number";
      const measured = perSecond === 0 && clients === 0 ? Number.NaN : perSecond;
      return rates.add({
        series: called.map((at) => cell(fields, at)).join("/"),
        group: cell(fields, model),
        seconds,
        perSecond: measured,
      });
    },
    finish: () => ({ kind: "rates", trace: rates.finish(startMs), notes: [] }),
  };
}
