import { expect, test } from "vitest";

import { Failure } from "../../src/kernel/failure.ts";
import { destroy } from "../../src/lifecycle/destroy.ts";
import { scopeOf } from "../../src/lifecycle/scope.ts";
import type { Session } from "../../src/lifecycle/session.ts";
import type { Step } from "../../src/lifecycle/step.ts";
import type { Target } from "../../src/lifecycle/target.ts";
import type { Leftover, Observation } from "../../src/timeline/entries.ts";
import { fakeCluster, object } from "./fake-cluster.ts";

interface World {
  readonly name?: Target["name"];
  readonly scope?: Target["scope"];
  readonly provesAbsence?: boolean;
  readonly inside?: Error;
  readonly outside?: Error;
  readonly leftovers?: readonly Leftover[];
  readonly unreachable?: boolean;
  readonly objects?: Parameters<typeof fakeCluster>[0];
}

const unreachable = new Failure("CLUSTER_UNREACHABLE", "no answer");
const stuck = new Failure("TIMEOUT", "gave up waiting for nodes to be terminated");

/** A destroy of one step inside the cluster and one outside. */
function world(options: World) {
  const { name = "aws", scope = "cluster", provesAbsence = name === "aws" } = options;
  const { api, access } = fakeCluster(options.objects ?? []);
  const seen: Observation[] = [];
  const done: string[] = [];
  const step = (title: string, error: Error | undefined): Step =>
    ({
      name: title,
      undo: async () => (error === undefined ? done.push(title) : Promise.reject(error)),
    }) as unknown as Step;
  const target = {
    name,
    scope,
    provesAbsence,
    charges: [],
    leftovers: async () => ({ checked: ["instances"], found: options.leftovers ?? [] }),
    forget: async () => void done.push("forget"),
  };
  const session = {
    options: { target, clock: access.clock, environment: { name: "mine", directory: "/nowhere" } },
    scope: scopeOf({ name, scope }, "mine", "mine-1"),
    run: { run: "mine-1", steps: [] },
    facts: { run: "mine-1", expiresAt: 0 },
    time: access.time,
    api: async () => (options.unreachable ? undefined : api),
    require: async () => (options.unreachable ? Promise.reject(unreachable) : api),
    observe: async (observation: Observation) => void seen.push(observation),
    phase: (_: string, work: () => Promise<void>) => work(),
    async undo(steps: readonly Step[]) {
      const undone = await Promise.allSettled(steps.map(({ undo }) => undo(new AbortController().signal)));
      return undone.flatMap((each) => (each.status === "rejected" ? each.reason : []));
    },
    undoJobs: async () => [],
    beginDestroy: async () => {},
    disconnect: async () => {},
    end: async () => void done.push("end"),
  } as unknown as Session;
  const steps = { inside: [step("inside", options.inside)], outside: [step("outside", options.outside)] };
  const warnings = () => seen.flatMap((entry) => (entry.type === "event" ? entry.message : []));
  return { done, warnings, destroyed: () => destroy(session, steps, new AbortController().signal) };
}

test("what hangs inside is told, and no harm", async () => {
  const { destroyed, done, warnings } = world({ inside: stuck, objects: [object("NodePool", "/gpu")] });
  await destroyed();
  expect(done).toEqual(["outside", "forget", "end"]);
  expect(warnings()).toEqual([stuck.message, "NodePool gpu was still there"]);
});

test("with something left, what hung inside counts", async () => {
  const { destroyed, done } = world({ inside: stuck, leftovers: [{ kind: "instance", name: "i-1" }] });
  await expect(destroyed()).rejects.toMatchObject({
    code: "LEFTOVERS",
    details: { problems: ["instance i-1", stuck.message] },
  });
  expect(done).toEqual(["outside"]);
});

test("a failure outside is never forgiven", async () => {
  const { destroyed } = world({ outside: new Error("apply died") });
  await expect(destroyed()).rejects.toMatchObject({ code: "LEFTOVERS", details: { problems: ["apply died"] } });
});

test("an own cluster that died is destroyed", async () => {
  const { destroyed, done } = world({ inside: unreachable, unreachable: true });
  await destroyed();
  expect(done).toEqual(["outside", "forget", "end"]);
});

test.each(["rehearsal", "kubernetes"] as const)("what hangs inside counts on %s", async (name) => {
  const scope = name === "kubernetes" ? "run" : "cluster";
  const { destroyed, done } = world({ name, scope, inside: stuck });
  await expect(destroyed()).rejects.toMatchObject({ code: "LEFTOVERS", details: { problems: [stuck.message] } });
  expect(done).toEqual(["outside"]);
});

test("in others' cluster nothing is undone unseen", async () => {
  const { destroyed, done } = world({ name: "kubernetes", scope: "run", unreachable: true });
  await expect(destroyed()).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
  expect(done).toEqual([]);
});

test("others' objects are no leftovers", async () => {
  const labels = { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": "mine", "aura.dev/run": "mine-1" };
  const own = { metadata: { labels } };
  const theirs = [object("NodePool", "/theirs"), object("Job", "theirs"), object("Pod", "theirs")];
  const clean = world({ name: "kubernetes", scope: "run", objects: theirs });
  await clean.destroyed();
  expect(clean.done).toContain("end");
  const left = world({ name: "kubernetes", scope: "run", objects: [...theirs, object("NodePool", "/mine-cpu", own)] });
  await expect(left.destroyed()).rejects.toMatchObject({
    details: { problems: ["NodePool mine-cpu: kubectl delete nodepool mine-cpu"] },
  });
});
