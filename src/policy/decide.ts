import type { Decision, Hold } from "./decision.ts";
import type { GuardedPolicy } from "./guard/guarded.ts";
import type { Policy } from "./policy.ts";
import type { PoolView } from "./pool.ts";

/** A launch is billed for a minute at least: a node younger than that costs nothing to keep. */
const youngestRelease = 60;
/** Nobody warms so many nodes of one pool at once: more is a mistake. */
const mostNodes = 1000;

/**
 * What is to be done about a pool now, once for each idle node and at most one launch, each with its reason. Safe to act
 * on: nothing is released that is busy or younger than a minute, nothing is launched that is not a number. A guard that is
 * off decides nothing; one that advises says, besides what the plain expert does, what the other would.
 */
export function decide(pool: PoolView, policy: Policy | GuardedPolicy): readonly Decision[] {
  const mode = "mode" in policy ? policy.mode : "act";
  if (mode === "off") return [];
  const acts = [...pool.idle.keys()].flatMap((index) => idleDecision(pool, index, policy.release.hold(pool, index)));
  const decisions = [...acts, ...warmDecision(pool, policy)];
  return mode === "advise" && "learned" in policy
    ? [...decisions, ...advice(pool, policy.learned, decisions)]
    : decisions;
}

function idleDecision(pool: PoolView, index: number, hold: Hold): Decision[] {
  const idle = pool.idle[index];
  if (idle === undefined || Number.isNaN(hold.untilSeconds)) return [];
  const { node, launchedAtSeconds } = idle;
  if (hold.untilSeconds > pool.nowSeconds) return [{ kind: "hold", node, ...hold }];
  const untilSeconds = launchedAtSeconds + youngestRelease;
  if (untilSeconds <= pool.nowSeconds) return [{ kind: "release", node, reason: hold.reason }];
  const text = () => "held until it is a minute old: that minute is billed in any case";
  return [{ kind: "hold", node, untilSeconds, reason: { code: "hold-billed", text } }];
}

function warmDecision(pool: PoolView, policy: Policy): Decision[] {
  const warm = policy.warm?.warm(pool);
  if (warm === undefined) return [];
  const nodes = Math.floor(warm.nodes);
  const isSound = nodes >= 1 && nodes <= mostNodes && warm.untilSeconds > pool.nowSeconds;
  return isSound ? [{ kind: "warm", ...warm, nodes }] : [];
}

/** Where the learned policy would do something else. */
function advice(pool: PoolView, learned: Policy, decisions: readonly Decision[]): Decision[] {
  const releases = new Set(decisions.flatMap((each) => (each.kind === "release" ? [each.node] : [])));
  return decide(pool, learned).flatMap((each): Decision[] => {
    if (each.kind === "warm") return [{ kind: "advise", subject: `${pool.tenant}/${pool.shape}`, reason: each.reason }];
    if (each.kind !== "hold" && each.kind !== "release") return [];
    const differs = (each.kind === "release") !== releases.has(each.node);
    return differs ? [{ kind: "advise", subject: `node ${each.node}`, reason: each.reason }] : [];
  });
}
