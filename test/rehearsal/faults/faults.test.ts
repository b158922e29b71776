import { expect, it } from "vitest";

import { timestamp } from "../../../src/kernel/clock.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import type { ApiRequest } from "../../../src/rehearsal/faults/api-errors.ts";
import { faultKinds, faultNames } from "../../../src/rehearsal/faults/fault-kinds.ts";
import { createFaults } from "../../../src/rehearsal/faults/faults.ts";
import { parseFault } from "../../../src/rehearsal/faults/parse-fault.ts";
import { market } from "../../planner/catalog.ts";

const request: ApiRequest = {
  verb: "create",
  group: "",
  resource: "pods",
  kind: "Pod",
  namespace: "ml",
  client: ["x"],
};
const nodeOf = (name: string, pool = "gpu") => {
  const labels = { "karpenter.sh/nodepool": pool, "node.kubernetes.io/instance-type": "g5.xlarge" };
  const owner = { apiVersion: "karpenter.sh/v1", kind: "NodeClaim", name: `claim-of-${name}`, uid: "u" };
  return { metadata: { name, labels, ownerReferences: [owner] } };
};

function start(...specs: object[]) {
  const clock = manualClock();
  const faults = createFaults({ random: seededRandom(1), clock });
  for (const spec of specs) faults.add(spec);
  return { clock, faults };
}

const outcomes = (spec: object, count = 200) => {
  const { faults } = start(spec);
  return Array.from({ length: count }, () => faults.errorOf(request)?.error.status ?? 200);
};

it("repeats its decisions with the same seed", () => {
  const spec = { fault: "api-error", probability: 0.3, seed: 5 };
  expect(outcomes(spec)).toEqual(outcomes(spec));
  expect(outcomes(spec)).not.toEqual(outcomes({ ...spec, seed: 6 }));
});

it("strikes about as often as probable", () => {
  const failed = outcomes({ fault: "api-error", probability: 0.1, seed: 1 }, 2000).filter((status) => status === 500);
  expect(failed.length).toBeGreaterThan(150);
  expect(failed.length).toBeLessThan(250);
});

it("decides independently of other faults", () => {
  const { faults } = start({ fault: "api-latency", latency: "1s" }, { fault: "api-error", probability: 0.3, seed: 5 });
  const mixed = Array.from({ length: 200 }, () => {
    faults.delayOf(request);
    return faults.errorOf(request)?.error.status ?? 200;
  });
  expect(mixed).toEqual(outcomes({ fault: "api-error", probability: 0.3, seed: 5 }));
});

it("ends after its number of strikes", () => {
  expect(outcomes({ fault: "api-error", code: 503, times: 2 }, 4)).toEqual([503, 503, 200, 200]);
});

it("ends after its time of the cluster", async () => {
  const { clock, faults } = start({ fault: "deny", for: "5m" });
  let told = 0;
  faults.subscribe(() => (told += 1));
  await clock.advance(299_999);
  expect(faults.errorOf(request)?.error.status).toBe(403);
  await clock.advance(1);
  expect(faults.errorOf(request)).toBeUndefined();
  expect(told).toBe(1);
  expect(faults.list()).toMatchObject([{ active: false, struck: 1 }]);
});

it("ends one fault, then all", () => {
  const { faults } = start({ fault: "deny", verb: "get" }, { fault: "deny" }, { fault: "conflict" });
  expect(faults.remove("fault-2")).toBe(true);
  expect(faults.remove("fault-2")).toBe(false);
  expect(faults.errorOf(request)).toBeUndefined();
  expect(faults.clear()).toBe(2);
  expect(faults.list().map(({ active }) => active)).toEqual([false, false, false]);
});

it("counts and dates every strike", () => {
  const { clock, faults } = start({ fault: "deny", verb: "create", kind: "pods" });
  faults.errorOf(request);
  faults.errorOf({ ...request, verb: "get" });
  expect(faults.list()).toMatchObject([{ id: "fault-1", spec: { fault: "deny", verb: "create" }, struck: 1 }]);
  const at = timestamp(clock.now());
  expect(faults.strikes()).toEqual([{ at, id: "fault-1", fault: "deny", on: "create pods ml" }]);
});

it("stays with the node it fell on", () => {
  const { faults } = start({ fault: "no-register", pool: "gpu", times: 1 });
  expect(faults.is("no-register", nodeOf("c", "cpu"))).toBe(false);
  expect(["a", "b", "a"].map((name) => faults.is("no-register", nodeOf(name)))).toEqual([true, false, true]);
  expect(faults.list()).toMatchObject([{ active: true, struck: 1 }]);
});

it("warns a spot node only once", () => {
  const { faults } = start({ fault: "spot-warning", after: "5m", node: "claim-of-*", times: 2 });
  const answers = ["a", "a", "b", "c"].map((name) => faults.spotWarningMs(nodeOf(name)));
  expect(answers).toEqual([300_000, undefined, 300_000, undefined]);
  expect(faults.list()).toMatchObject([{ active: false, struck: 2 }]);
});

it("leaves nodes without a pool alone", () => {
  const { faults } = start({ fault: "disk-full" });
  expect(faults.is("disk-full", { metadata: { name: "system" } })).toBe(false);
});

it.each<[object, Partial<ApiRequest>, boolean]>([
  [{ verb: "get,list" }, {}, false],
  [{ verb: ["get", "create"] }, {}, true],
  [{ kind: "Pod" }, {}, true],
  [{ kind: "pods" }, { resource: "pods/log" }, false],
  [{ kind: "pods*" }, { resource: "pods/log" }, true],
  [{ kind: "jobs.batch" }, { resource: "jobs", group: "batch", kind: "Job" }, true],
  [{ kind: "p.ds" }, {}, false],
  [{ namespace: "default" }, {}, false],
  [{ client: "kubectl*" }, { client: ["kubectl/v1.35.2 (linux)", "kubectl-create"] }, true],
  [{ client: "kubectl*" }, {}, false],
])("chooses requests by %j: %j is meant: %s", (spec, over, expected) => {
  const { faults } = start({ fault: "deny", ...spec });
  expect(faults.errorOf({ ...request, ...over }) !== undefined).toBe(expected);
});

it.each<[Partial<ApiRequest>, string]>([
  [
    {},
    'pods is forbidden: User "kubernetes-admin" cannot create resource "pods" in API group "" in the namespace "ml"',
  ],
  [
    { verb: "get", group: "karpenter.sh", resource: "nodepools/status", namespace: undefined as never, name: "gpu" },
    'nodepools.karpenter.sh "gpu" is forbidden: User "kubernetes-admin" cannot get resource "nodepools/status" in API group "karpenter.sh" at the cluster scope',
  ],
])("forbids %j as RBAC does", (over, message) => {
  const { namespace, ...rest } = { ...request, ...over };
  const { faults } = start({ fault: "deny" });
  const error = faults.errorOf({ ...rest, ...(namespace !== undefined && { namespace }) })?.error;
  expect(error).toMatchObject({ status: 403, reason: "Forbidden", message });
});

it("delays by its latency and jitter", () => {
  const { faults } = start({ fault: "api-latency", latency: "200ms", jitter: "100ms", seed: 1 });
  const delays = Array.from({ length: 100 }, () => faults.delayOf(request));
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...delays)).toBeLessThanOrEqual(300);
  expect(new Set(delays).size).toBeGreaterThan(90);
});

it("skews only the clock it is given", () => {
  const { clock, faults } = start({ fault: "clock-skew", by: "-30s" });
  const skewed = faults.skewed(clock);
  expect(skewed.now()).toBe(clock.now() - 30_000);
  skewed.now();
  expect(faults.strikes()).toHaveLength(1);
  faults.clear();
  expect(skewed.now()).toBe(clock.now());
});

it("runs out of capacity by type, zone and market", () => {
  const { faults } = start({ fault: "capacity", type: "g5.*", zone: "us-east-1a", capacityType: "spot" });
  const short = market.filter((offering) => faults.isShort(offering));
  expect(short.length).toBeGreaterThan(0);
  expect(
    short.every(
      (one) => one.instanceType.name.startsWith("g5.") && `${one.zone} ${one.capacityType}` === "us-east-1a spot",
    ),
  ).toBe(true);
});

it("slows pulls by factor and delay", () => {
  const { faults } = start({ fault: "slow-pull", image: "*/trainer:*", factor: 3, delay: "10s" });
  expect(faults.pullMs(1000, "ghcr.io/me/trainer:1", nodeOf("a"))).toBe(13_000);
  expect(faults.pullMs(1000, "busybox", nodeOf("a"))).toBe(1000);
});

it.each<[unknown, string]>([
  [{ fault: "api-eror" }, 'did you mean "api-error"?'],
  [{ fault: "deny", verbs: "get" }, 'got "verbs"; did you mean "verb"?'],
  [{ fault: "api-error", code: 200 }, "code  expected a whole number from 400 to 599, got 200"],
  [{ fault: "api-error", code: "5xx" }, 'got "5xx"'],
  [{ fault: "deny", probability: 1.5 }, "probability  expected a number from 0 to 1, got 1.5"],
  [{ fault: "deny", for: "soon" }, 'for  expected a span of time such as 90s or 250ms, got "soon"'],
  [{ fault: "deny", times: 0 }, "times  expected a whole number from 1"],
  [{ fault: "clock-skew" }, "by  expected a span of time such as +5m or -30s, got nothing"],
  [{ fault: "deny", kind: "" }, "kind  expected words"],
  ["deny", "fault"],
  [null, "fault"],
])("refuses %j and says why", (spec, why) => {
  let error: unknown;
  try {
    parseFault(spec);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).details.problems?.join("\n")).toContain(why);
});

it.each(faultNames)("can do what its example of %s says", (name) => {
  const parts = faultKinds[name].example.replaceAll("'", "").split(/[ =]/);
  const pairs = Array.from({ length: parts.length / 2 }, (_, index) => [
    parts[2 * index]?.slice(2).replace("capacity-type", "capacityType"),
    parts[2 * index + 1],
  ]);
  expect(() => parseFault({ fault: name, ...Object.fromEntries(pairs) })).not.toThrow();
});
