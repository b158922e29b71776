/** Why GPU time or money is wasted, as it is seen from outside. */
export const adviceCauses = [
  // what a GPU does for a workload
  "dead",
  "stalled",
  "low-use",
  "unbalanced",
  "small-memory",
  "smaller-would-do",
  // what a node does for its pods
  "idle-node",
  "held-after-last",
  "unused-gpus",
  "no-pod",
  "on-demand",
  "long-wait",
  // what a policy, or people, do with nodes
  "idle-by-timer",
  "failed-runs",
] as const;
export type AdviceCause = (typeof adviceCauses)[number];

/** One waste with what to do about it. Figures are of the time that was looked at. */
export interface AdviceItem {
  readonly cause: AdviceCause;
  /** A pod, a pool, a user. */
  readonly subject: string;
  readonly user: string | null;
  readonly gpuHours: number;
  /** Null where nobody knows the price. */
  readonly usd: number | null;
  /** If it goes on; what was seen of less than a day is taken to happen once a day. */
  readonly usdPerMonth: number | null;
  /** 0 to 1. */
  readonly confidence: number;
  readonly evidence: string;
  readonly change: string;
  /** A command, or lines for a file. */
  readonly paste: string | null;
}

export interface AdviceSource {
  readonly kind: "timeline" | "trace" | "prometheus";
  readonly name: string;
  /** RFC 3339; null where it is not known. */
  readonly from: string | null;
  readonly hours: number;
}

/** What is found, the dearest first. The shape of `aura advise -o json`. */
export interface Advice {
  readonly version: 1;
  readonly source: AdviceSource;
  /** What was looked at, one sentence each. */
  readonly looked: readonly string[];
  readonly held: { readonly gpuHours: number; readonly usd: number | null };
  readonly wasted: { readonly gpuHours: number; readonly usd: number | null; readonly usdPerMonth: number | null };
  readonly items: readonly AdviceItem[];
  /** What was not known, or is an estimate. */
  readonly notes: readonly string[];
}

/** Less is not worth a line. */
const leastUsd = 0.005;
const leastGpuHours = 0.01;

export function adviceOf(parts: Omit<Advice, "version" | "wasted">): Advice {
  const items = parts.items
    .filter(({ usd, gpuHours, cause }) => (usd ?? 0) >= leastUsd || gpuHours >= leastGpuHours || cause === "long-wait")
    .sort((a, b) => (b.usd ?? 0) - (a.usd ?? 0) || b.gpuHours - a.gpuHours || compare(a.subject, b.subject));
  const total = (read: (item: AdviceItem) => number | null) =>
    items.every((item) => read(item) === null) && items.length > 0
      ? null
      : round(items.reduce((sum, item) => sum + (read(item) ?? 0), 0));
  const wasted = {
    gpuHours: round(items.reduce((sum, { gpuHours }) => sum + gpuHours, 0)),
    usd: total(({ usd }) => usd),
    usdPerMonth: total(({ usdPerMonth }) => usdPerMonth),
  };
  return { version: 1, ...parts, held: rounded(parts.held), wasted, items: items.map(rounded) };
}

/** What a month costs of it: AWS reckons 730 hours. */
export function perMonth(usd: number | null, hours: number): number | null {
  return usd === null ? null : (usd * 730) / Math.max(24, hours);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** To a thousandth, which is what a person can use; and no -0 or NaN in JSON. */
function round(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 1000) / 1000 + 0 : 0;
}

function rounded<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, typeof each === "number" ? round(each) : each]),
  ) as T;
}
