import { expect, test } from "vitest";

import { type Missing, observeLacking, observeMissed } from "../../src/lifecycle/observe-missed.ts";
import { everything, type Scope } from "../../src/lifecycle/scope.ts";
import type { FormerNode } from "../../src/lifecycle/target.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";

const former: FormerNode = { name: "cpu-1", facts: { node: "ip-1" }, requestedAt: 1, launchedAt: 2, endedAt: 3 };
const nothing = { nodeClaims: new Map() };

interface World {
  readonly formerNodes?: (run: { readonly run: string }) => Promise<readonly FormerNode[]>;
  readonly scope?: Scope;
}

function session({ formerNodes = async () => [former], scope = everything }: World = {}) {
  const entries: TimelineEntry[] = [];
  const missing: Missing = {
    ...{ options: { target: { formerNodes } }, facts: { run: "dev-1", expiresAt: 0 }, scope, entries },
    time: async () => 9,
    observe: async (observation, at) => {
      entries.push({ at, wall: at, ...observation });
    },
  };
  return { missing, entries };
}

const states = (entries: readonly TimelineEntry[]) =>
  entries.flatMap((entry) => (entry.type === "node" ? `${entry.name} ${entry.state} ${entry.at}` : []));

test("what the target remembers is told once", async () => {
  const asked: string[] = [];
  const formerNodes = async ({ run }: { readonly run: string }) => {
    asked.push(run);
    return [former];
  };
  const { missing, entries } = session({ formerNodes });
  await observeMissed(missing, nothing);
  expect([asked, states(entries)]).toEqual([["dev-1"], ["cpu-1 requested 1", "cpu-1 launched 2", "cpu-1 gone 3"]]);
});

test("a target that does not answer is no failure", async () => {
  const { missing, entries } = session({ formerNodes: async () => Promise.reject(new Error("denied")) });
  await observeMissed(missing, nothing);
  expect(entries).toEqual([]);
});

test("nodes of others are left to them", async () => {
  const { missing, entries } = session({ scope: { ...everything, isShared: () => true } });
  await observeMissed(missing, nothing);
  expect(entries).toEqual([]);
});

test("after watching only what lacks is asked for", async () => {
  const { missing, entries } = session();
  await observeLacking(missing, nothing);
  expect(entries).toEqual([]);
  entries.push({
    type: "pod",
    namespace: "d",
    name: "p",
    uid: "u",
    node: "ip-1",
    state: "running",
    at: 2,
    wall: 2,
  } as TimelineEntry);
  await observeLacking(missing, nothing);
  expect(states(entries)).toHaveLength(3);
});
