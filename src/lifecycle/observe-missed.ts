import type { Observation, TimelineEntry } from "../timeline/entries.ts";
import { lacksNodes, missedNodes } from "./missed-nodes.ts";
import type { Recorder } from "./recorder.ts";
import type { Scope } from "./scope.ts";
import type { RunFacts, Target } from "./target.ts";

/** Of a session what this needs of it. */
export interface Missing {
  readonly options: { readonly target: Pick<Target, "formerNodes"> };
  readonly facts: RunFacts;
  readonly scope: Pick<Scope, "isShared">;
  readonly entries: readonly TimelineEntry[];
  readonly observe: (observation: Observation, at: number) => Promise<void>;
  readonly time: () => Promise<number>;
}

/** Tells the lives of nodes that went while no command watched. */
export async function observeMissed(session: Missing, { nodeClaims }: Pick<Recorder, "nodeClaims">): Promise<void> {
  const { options, facts, scope, entries, observe } = session;
  // nodes of others are no NodeClaims
  if (scope.isShared) return;
  const present = new Set([...nodeClaims.values()].map(({ metadata }) => metadata.name ?? ""));
  // a report is worth less than going on
  const former = (await options.target.formerNodes?.(facts).catch(() => undefined)) ?? [];
  const missed = missedNodes({ known: entries, present, former, now: await session.time() });
  for (const { at, observation } of missed) await observe(observation, at);
}

/** The same at the end of watching: a list that came after a gap in a watch may not have had all that was there. */
export async function observeLacking(session: Missing, recorder: Pick<Recorder, "nodeClaims">): Promise<void> {
  if (lacksNodes(session.entries)) await observeMissed(session, recorder);
}
