import { expect, test } from "vitest";

import { poolsStep } from "../../src/lifecycle/steps/pools.ts";
import { fakeCluster, object } from "./fake-cluster.ts";

const { signal } = new AbortController();
const labelled = (environment: string, rest = {}) => ({
  metadata: { labels: { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": environment }, ...rest },
});
const pool = (name: string, environment: string) => object("NodePool", `/${name}`, labelled(environment));
const claim = (name: string, environment: string, rest = {}) =>
  object("NodeClaim", `/${name}`, labelled(environment, rest));

test("two environments share a cluster", async () => {
  const mine = pool("mine-cpu", "mine");
  const { access, calls, left } = fakeCluster([pool("mine-old", "mine"), pool("other-cpu", "other")]);
  const step = poolsStep(access, [mine], { environment: "mine" });
  expect(await step.observe(signal)).toBe("partial");
  await step.ensure(signal);
  expect(calls).toEqual(["apply NodePool mine-cpu", "delete NodePool mine-old"]);
  expect(await step.observe(signal)).toBe("present");
  await step.undo(signal);
  expect(left()).toEqual(["NodePool other-cpu"]);
  expect(await step.observe(signal)).toBe("absent");
});

test.each([
  [pool("cpu", "other"), "it is the environment other's"],
  [
    object("NodePool", "/cpu", { metadata: { labels: { "aura.dev/environment": "mine" } } }),
    "it is the environment mine's",
  ],
  [object("NodePool", "/cpu"), "Aura did not make it"],
])("a pool that is not its own is refused", async (found, why) => {
  const { access, calls } = fakeCluster([found]);
  const step = poolsStep(access, [pool("gpu", "mine"), pool("cpu", "mine")], { environment: "mine" });
  await expect(step.ensure(signal)).rejects.toMatchObject({
    code: "USAGE",
    details: { why: expect.stringContaining(why) },
  });
  expect(calls).toEqual([]);
});

const ofRun = (name: string, run: string) => {
  const labels = { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": "mine", "aura.dev/run": run };
  return object("NodePool", `/${name}`, { metadata: { labels } });
};

test("an environment of the same name keeps its pools", async () => {
  const { access, calls, left } = fakeCluster([ofRun("mine-gpu", "theirs-1")]);
  const owner = { environment: "mine", run: "mine-1" };
  await expect(poolsStep(access, [ofRun("mine-gpu", "mine-1")], owner).ensure(signal)).rejects.toMatchObject({
    code: "USAGE",
    details: { why: expect.stringContaining("run theirs-1"), fix: expect.stringContaining("aura.dev/run=theirs-1") },
  });
  await poolsStep(access, [ofRun("mine-cpu", "mine-1")], owner).ensure(signal);
  await poolsStep(access, [], owner).undo(signal);
  expect(left()).toEqual(["NodePool mine-gpu"]);
  expect(calls).toEqual(["apply NodePool mine-cpu", "delete NodePool mine-cpu"]);
});

test("claims whose pool is gone are removed", async () => {
  const owned = { ownerReferences: [{ kind: "NodePool", name: "mine-cpu" }] };
  const { access, left } = fakeCluster([claim("orphan", "mine"), claim("theirs", "other", owned)]);
  const step = poolsStep(access, [], { environment: "mine" });
  expect(await step.observe(signal)).toBe("partial");
  await step.undo(signal);
  expect(left()).toEqual(["NodeClaim theirs"]);
});

test("nodes that stay are named", async () => {
  const owned = { ownerReferences: [{ kind: "NodePool", name: "mine-cpu" }] };
  const { access } = fakeCluster([pool("mine-cpu", "mine"), claim("stays", "mine", owned)]);
  await expect(poolsStep(access, [], { environment: "mine" }).undo(signal)).rejects.toMatchObject({
    code: "TIMEOUT",
    details: { problems: ["NodeClaim stays still exists"] },
  });
});

test("without Karpenter there are no pools", async () => {
  const { access, calls } = fakeCluster([], { unserved: ["NodePool", "EC2NodeClass", "NodeClaim"] });
  const step = poolsStep(access, [], { environment: "mine" });
  expect(await step.observe(signal)).toBe("absent");
  await step.ensure(signal);
  await step.undo(signal);
  expect(calls).toEqual([]);
});
