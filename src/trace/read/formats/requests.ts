import { dayStart, defaultStartMs, parseTimestamp } from "../../calendar.ts";
import { binRequests, type RequestCounts } from "../../request-bins.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { cell, type ReadContent, type ReadContext, type TraceFormat } from "../format.ts";

/** The slice of Azure's requests in `../shared/traces`: seconds since its start, one series for each service. */
export const arrivals: TraceFormat = {
  name: "request arrivals",
  columns: ["arrival_s", "service"],
  open(context) {
    const cells: readonly AmountCell[] = [
      { name: "arrival_s", column: context.column("arrival_s"), limit: most.seconds, required: true },
    ];
    const amounts = new Float64Array(1);
    const service = context.column("service");
    const counts: RequestCounts = new Map();
    return {
      row(fields) {
        const wrong = readAmounts(fields, cells, amounts);
        if (wrong !== undefined) return wrong;
        const name = cell(fields, service);
        if (name === "") return "service is not recorded";
        return countRequest(counts, name, amounts[0] ?? 0);
      },
      finish: () => finishRequests(counts, context, { fromZero: true }),
    };
  },
};

/**
 * AzureLLMInferenceTrace (Azure/AzurePublicDataset, 2023, 2024; 2025 has NumImages as well): a file for each service,
 * whose series is called like the file. Bins start with the first request.
 */
export const azureInference: TraceFormat = {
  name: "AzureLLMInferenceTrace",
  columns: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
  open(context) {
    const time = context.column("TIMESTAMP");
    const service = context.name.replace(/(\.csv)?(\.gz)?$/, "");
    const counts: RequestCounts = new Map();
    return {
      row(fields) {
        const ms = parseTimestamp(cell(fields, time));
        return Number.isNaN(ms) ? "TIMESTAMP is not a time" : countRequest(counts, service, ms / 1000);
      },
      finish: () => finishRequests(counts, context, { fromZero: false }),
    };
  },
};

function countRequest(counts: RequestCounts, service: string, seconds: number): string | undefined {
  let perSecond = counts.get(service);
  if (perSecond === undefined) {
    if (counts.size >= 10_000) return "is of a service beyond the first 10000";
    perSecond = new Map();
    counts.set(Buffer.from(service).toString(), perSecond);
  }
  const second = Math.floor(seconds);
  perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  return undefined;
}

function finishRequests(counts: RequestCounts, context: ReadContext, { fromZero }: { fromZero: boolean }): ReadContent {
  const { name, stepSeconds = 60, startMs = defaultStartMs } = context;
  const { series, firstSecond, cut } = binRequests(counts, { stepSeconds, fromZero, name });
  const dated = firstSecond >= dayStart(1e12) / 1000;
  const trace = { name, startMs: dated ? firstSecond * 1000 : startMs + firstSecond * 1000, stepSeconds, series };
  const note = `the last bin is not over by the last request: its ${cut} requests are left out`;
  return { kind: "rates", trace, notes: cut > 0 ? [note] : [] };
}
