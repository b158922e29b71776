import type { Hold, Warm } from "../decision.ts";
import type { Policy, ReleasePolicy } from "../policy.ts";
import type { PoolView } from "../pool.ts";
import { hourlyPeaks } from "./hourly-peaks.ts";

const hour = 3600;
const reviewSeconds = 300;
/** A spare is asked about again after so long. */
const spareSeconds = 600;

/** So many spare nodes for each pool that was ever used, whatever comes: a fixed buffer. */
export function reactivePlus(spare: number): Policy {
  const seen = new Set<number>();
  const name = `reactive-plus-${spare}`;
  const code = "spare";
  const text = () => `${spare} spare ${spare === 1 ? "node is" : "nodes are"} kept at all times`;
  return {
    name,
    release: keeping(name, { seconds: () => 0, renewed: (_, index) => index < spare }, { code, text }),
    warm: {
      name,
      reviewSeconds,
      observe: (pool) => seen.add(pool.id),
      warm: (pool) => (seen.has(pool.id) ? upTo(spare, pool, { hours: 24, code, text }) : undefined),
    },
  };
}

/**
 * In the style of Helios's CES (SC '21): when all nodes are in use, a buffer is added; nodes beyond the buffer go after two
 * hours without need, the pace at which it shrinks. Without its forecast, which needs a cluster of hundreds of nodes.
 */
export function cesBuffer(buffer = 1): Policy {
  const name = "ces-buffer";
  const text = () => `a buffer of ${buffer} is kept while nodes are in use, and two hours longer`;
  return {
    name,
    release: keeping(name, { seconds: () => 2 * hour, renewed: () => false }, { code: "ces-buffer", text }),
    warm: {
      name,
      reviewSeconds: 600,
      warm: (pool) => (pool.busy > 0 ? upTo(buffer, pool, { hours: 2, code: "ces-buffer", text }) : undefined),
    },
  };
}

/**
 * In the style of AWS's predictive scaling: from 24 hours of history on, each hour starts with the nodes that this hour took
 * at most on the days before (14 at most, the mean of them); it only ever adds. What idles beyond that goes after 5 minutes.
 */
export function hourlySeasonal(): Policy {
  const name = "aws-predictive";
  const peaks = hourlyPeaks();
  const text = () => "as many nodes are kept as this hour took on the days before";
  const reason = { code: "hourly-seasonal", text };
  const spare = (pool: PoolView) => Math.round(peaks.expected(pool)) - pool.busy - pool.queued;
  return {
    name,
    release: {
      ...keeping(name, { seconds: () => 300, renewed: (pool, index) => index < spare(pool) }, reason),
      observe: (pool, event) => peaks.observe(pool, event),
    },
    warm: {
      name,
      reviewSeconds,
      warm: (pool) => upTo(spare(pool), pool, { hours: 1, ...reason }),
    },
  };
}

interface Reasoned {
  readonly code: string;
  text(): string;
}

interface Keeping {
  /** For how long a node is kept that is idle. */
  readonly seconds: () => number;
  /** Whether it is a spare, which is kept however long it has been idle. */
  renewed(pool: PoolView, index: number): boolean;
}

function keeping(name: string, { seconds, renewed }: Keeping, reason: Reasoned): ReleasePolicy {
  const hold = (pool: PoolView, index: number): Hold => {
    const since = pool.idle[index]?.idleSinceSeconds ?? pool.nowSeconds;
    const untilSeconds = since + seconds();
    const spareUntil = pool.nowSeconds + spareSeconds;
    return { untilSeconds: renewed(pool, index) ? Math.max(untilSeconds, spareUntil) : untilSeconds, reason };
  };
  return { name, hold };
}

/** What is missing to so many spare nodes. */
function upTo(
  spare: number,
  pool: PoolView,
  { hours, ...reason }: Reasoned & { readonly hours: number },
): Warm | undefined {
  const nodes = spare - pool.idle.length - Math.max(0, pool.booting - pool.queued);
  return nodes > 0 ? { nodes, untilSeconds: pool.nowSeconds + hours * hour, reason } : undefined;
}
