import { askPrometheus, type PrometheusServer, unreachable } from "./prometheus-request.ts";

export interface RangeQuery {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepSeconds: number;
}

/** One series: values by their times, which are steps from the query's start. NaN is as Prometheus said it. */
export interface RangeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

/** Half a day at a step of a minute: Prometheus refuses more than 11,000 points a series, and an answer is to stay small. */
const mostPoints = 720;
const mostMillis = 8.64e15;

/**
 * The series of an expression over a span of time, asked for in parts that the server answers. Values that are no numbers are NaN.
 * @throws Failure CLUSTER_UNREACHABLE where there is no Prometheus that answers, API_ERROR where it refuses the question.
 */
export async function queryRange(server: PrometheusServer, range: RangeQuery): Promise<readonly RangeSeries[]> {
  const { query, startMs, endMs, stepSeconds } = range;
  const found = new Map<string, Part>();
  const partMs = mostPoints * stepSeconds * 1000;
  for (let from = startMs; from <= endMs; from += partMs) {
    const to = Math.min(endMs, from + partMs - stepSeconds * 1000);
    const parameters = { query, start: String(from / 1000), end: String(to / 1000), step: String(stepSeconds) };
    for (const part of matrixOf(await askPrometheus(server, "query_range", parameters), server.url)) {
      const key = JSON.stringify(Object.entries(part.labels).sort());
      const series = found.get(key);
      if (series === undefined) found.set(key, part);
      else {
        for (const at of part.timesMs) series.timesMs.push(at);
        for (const value of part.values) series.values.push(value);
      }
    }
  }
  return [...found.values()];
}

interface Part extends RangeSeries {
  readonly timesMs: number[];
  readonly values: number[];
}

function matrixOf(data: unknown, url: string): Part[] {
  const { resultType, result } = (data ?? {}) as { readonly resultType?: unknown; readonly result?: unknown };
  if (resultType !== "matrix" || !Array.isArray(result)) {
    throw unreachable(url, "what answers there is not Prometheus's API: its data is no matrix");
  }
  return result.flatMap((each: unknown) => seriesOf(each) ?? []);
}

function seriesOf(value: unknown): Part | undefined {
  const { metric, values } = (value ?? {}) as { readonly metric?: unknown; readonly values?: unknown };
  if (typeof metric !== "object" || metric === null || !Array.isArray(values)) return undefined;
  const labels = Object.fromEntries(
    Object.entries(metric).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const points = values.flatMap((point: unknown) => {
    if (!Array.isArray(point) || typeof point[0] !== "number" || !(Math.abs(point[0] * 1000) < mostMillis)) return [];
    return [[Math.round(point[0] * 1000), typeof point[1] === "string" ? numberOf(point[1]) : Number.NaN] as const];
  });
  return { labels, timesMs: points.map(([at]) => at), values: points.map(([, number]) => number) };
}

/** `+Inf` and `NaN` are measurements that say nothing. */
function numberOf(text: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : Number.NaN;
}
