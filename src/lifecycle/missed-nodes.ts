import type { NodeObserved, NodeState, TimelineEntry } from "../timeline/entries.ts";
import { type EntryOf, grouped, latest, only } from "../timeline/order.ts";
import type { Timed } from "./observations.ts";
import type { FormerNode } from "./target.ts";

export interface Watched {
  /** The timeline so far. */
  readonly known: readonly TimelineEntry[];
  /** Names of the NodeClaims that there are. */
  readonly present: ReadonlySet<string>;
  /** What the target still knows of nodes that the cluster has forgotten. */
  readonly former: readonly FormerNode[];
  /** The cluster's time. */
  readonly now: number;
}

/**
 * Lives of nodes that went while no command watched: those that the timeline began to tell of, and those that came and
 * went unseen. What a NodeClaim would have said is taken from the target's memory of its machine, and from events. Where
 * nobody knows when a node went, that is when it was missed, which is later than it was.
 */
export function missedNodes({ known, present, former, now }: Watched): Timed<NodeObserved>[] {
  const told = grouped(only(known, "node"), ({ name }) => name);
  const machines = new Map(former.map((machine) => [machine.name, machine]));
  const names = new Set([...told.keys(), ...machines.keys()]);
  return [...names]
    .filter((name) => !present.has(name))
    .flatMap((name) => {
      const entries = told.get(name) ?? [];
      const machine = machines.get(name);
      const isTold = entries.some(({ state }) => state === "gone");
      if (isTold && (machine === undefined || isWhole(entries))) return [];
      const base: Omit<NodeObserved, "state"> = { ...seen(name, entries, known), ...machine?.facts };
      return missing(entries, lifeOf(name, { known, machine, now })).map(({ state, at }) => ({
        at,
        observation: { ...base, state, ...(state === "gone" && { reason: "it went while no command watched" }) },
      }));
    });
}

/** Whether pods ran on a node of which nothing is told: one that came and went between two lists of the cluster. */
export function lacksNodes(entries: readonly TimelineEntry[]): boolean {
  const told = new Set(only(entries, "node").flatMap(({ name, node = name }) => [name, node]));
  return only(entries, "pod").some(({ node }) => node !== undefined && !told.has(node));
}

type NodeEntry = EntryOf<"node">;

/** Whether it can be said which pods a node had, and what it was. */
function isWhole(entries: readonly NodeEntry[]): boolean {
  return latest(entries, "node") !== undefined && latest(entries, "instanceType") !== undefined;
}

function seen(
  name: string,
  entries: readonly NodeEntry[],
  known: readonly TimelineEntry[],
): Omit<NodeObserved, "state"> {
  const node = nominatedNode(name, known);
  const last = entries.at(-1);
  const { at: _, wall: __, state: ___, ...observation } = last ?? {};
  return { ...(node !== undefined && { node }), ...observation, type: "node", name };
}

/** Karpenter's word to a pod names the NodeClaim and, once it has registered, its node. */
function nominatedNode(claim: string, known: readonly TimelineEntry[]): string | undefined {
  const start = `Pod should schedule on: nodeclaim/${claim}, node/`;
  return only(known, "event")
    .find(({ message }) => message.startsWith(start))
    ?.message.slice(start.length);
}

interface Moment {
  readonly state: NodeState;
  readonly at: number;
}

interface Memory extends Pick<Watched, "known" | "now"> {
  readonly machine: FormerNode | undefined;
}

/** What is known of when a node came and went, in this order. */
function lifeOf(name: string, { known, machine, now }: Memory): Moment[] {
  const events = conditionEvents(name, known);
  const moment = (state: NodeState, at: number | undefined): Moment[] => (at === undefined ? [] : [{ state, at }]);
  return [
    ...moment("requested", machine?.requestedAt),
    ...moment("launched", events.get("Launched") ?? machine?.launchedAt),
    ...moment("registered", events.get("Registered")),
    ...moment("ready", events.get("Initialized")),
    ...moment("gone", machine?.endedAt ?? now),
  ];
}

/** Karpenter tells of each condition of a NodeClaim that changes; the event's reason is the condition. */
function conditionEvents(claim: string, known: readonly TimelineEntry[]): Map<string, number> {
  const own = only(known, "event").filter(({ kind, name, message }) => {
    const isFalse = /Status: \S+ -> (False|Unknown)/.test(message);
    return kind === "NodeClaim" && name === claim && !isFalse;
  });
  return new Map(own.map(({ reason, at }) => [reason, at]));
}

/** The moments that nothing told of; where what was told is not whole, the launch is told again, with what it lacked. */
function missing(entries: readonly NodeEntry[], life: readonly Moment[]): Moment[] {
  const states = new Set(entries.map(({ state }) => state));
  return life.filter(({ state }) => !states.has(state) || (state === "launched" && !isWhole(entries)));
}
