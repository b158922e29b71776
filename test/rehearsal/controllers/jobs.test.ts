import { afterEach, describe, expect, it } from "vitest";

import type { Condition } from "../../../src/cluster/objects.ts";
import { indexesText, parseIndexes } from "../../../src/rehearsal/controllers/job-pods.ts";
import { type Cluster, type ClusterOptions, job, minute, refTo, second, startCluster } from "./cluster.ts";

let cluster: Cluster | undefined;
const start = (options?: ClusterOptions) => {
  cluster = startCluster(options);
  return cluster;
};

afterEach(() => {
  cluster?.stop();
  expect(cluster?.errors).toEqual([]);
});

const conditions = (of: Cluster, name: string) =>
  ((of.job(name).status?.conditions ?? []) as Condition[])
    .filter(({ status }) => status === "True")
    .map(({ type, reason }) => `${type} ${reason}`);
const fails = { ms: 10 * second, exitCode: 1 };
const succeeds = { ms: 10 * second, exitCode: 0 };

describe("a Job", () => {
  it("completes after all its completions", async () => {
    const at = start({ run: () => succeeds });
    at.core.create(job("j", { spec: { completions: 5, parallelism: 2 } }));
    const active = new Set<number | undefined>();
    for (let step = 0; step < 60; step += 1) {
      await at.advance(5 * second);
      active.add(at.job("j").status?.active);
    }
    expect([...active]).toEqual([2, 1, 0]);
    expect(at.job("j").status).toMatchObject({
      succeeded: 5,
      failed: 0,
      active: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    expect(conditions(at, "j")).toEqual(["SuccessCriteriaMet CompletionsReached", "Complete CompletionsReached"]);
    expect(at.job("j").status?.completionTime).toBeDefined();
    expect(at.events("Completed")).toEqual(["Job completed"]);
  });

  it("labels its pods as the real controller does", async () => {
    const at = start();
    const { metadata } = at.core.create(job("j"));
    await at.advance(second);
    const uid = metadata.uid ?? "";
    expect(at.pods()[0]?.metadata).toMatchObject({
      generateName: "j-",
      labels: {
        "batch.kubernetes.io/job-name": "j",
        "job-name": "j",
        "batch.kubernetes.io/controller-uid": uid,
        "controller-uid": uid,
      },
      finalizers: ["batch.kubernetes.io/job-tracking"],
      ownerReferences: [{ kind: "Job", name: "j", uid, controller: true, blockOwnerDeletion: true }],
    });
  });

  it("backs off 10 s, 20 s, then gives up", async () => {
    const at = start({ run: () => fails });
    at.core.create(job("j", { spec: { backoffLimit: 2 } }));
    await at.advance(5 * minute);
    expect(at.job("j").status).toMatchObject({ failed: 3, succeeded: 0, active: 0 });
    expect(conditions(at, "j")).toEqual(["FailureTarget BackoffLimitExceeded", "Failed BackoffLimitExceeded"]);
    const created = at.history().map((pod) => Date.parse(pod.metadata.creationTimestamp ?? ""));
    const ended = at
      .history()
      .map((pod) => Date.parse(pod.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? ""));
    expect(created.slice(1).map((ms, index) => (ms - (ended[index] ?? 0)) / second)).toEqual([10, 20]);
    expect(at.events("BackoffLimitExceeded")).toEqual(["Job has reached the specified backoff limit"]);
  });

  it("ends its pods at its deadline", async () => {
    const at = start({ run: () => ({ ms: 10 * minute, exitCode: 0 }) });
    at.core.create(job("j", { spec: { activeDeadlineSeconds: 120 } }));
    await at.advance(119 * second);
    expect([conditions(at, "j"), at.job("j").status?.active]).toEqual([[], 1]);
    await at.advance(10 * second);
    expect(conditions(at, "j")).toEqual(["FailureTarget DeadlineExceeded", "Failed DeadlineExceeded"]);
    expect(at.job("j").status).toMatchObject({ failed: 1, active: 0 });
    expect(at.pods()).toEqual([]);
  });

  it("fails at its deadline when it never fits", async () => {
    const at = start();
    at.core.create(job("j", { gpus: 16, spec: { activeDeadlineSeconds: 60 } }));
    await at.advance(61 * second);
    expect(conditions(at, "j")).toEqual(["FailureTarget DeadlineExceeded", "Failed DeadlineExceeded"]);
    expect([at.pods(), at.claims()]).toEqual([[], []]);
  });

  it("is suspended and resumed", async () => {
    const at = start();
    const { metadata } = at.core.create(job("j", { spec: { suspend: true } }));
    const ref = refTo({ ...job("j"), metadata });
    await at.advance(second);
    expect([at.pods(), conditions(at, "j"), at.job("j").status?.startTime]).toEqual([
      [],
      ["Suspended JobSuspended"],
      undefined,
    ]);
    at.core.patch(ref, { spec: { suspend: false } });
    await at.advance(second);
    expect([at.pods().length, conditions(at, "j")]).toEqual([1, []]);
    at.core.patch(ref, { spec: { suspend: true } });
    await at.advance(second);
    expect([at.pods(), at.job("j").status?.failed]).toEqual([[], 0]);
  });

  it("is removed when its time to live is over", async () => {
    const at = start({ run: () => succeeds });
    at.core.create(job("j", { spec: { ttlSecondsAfterFinished: 60 } }));
    await at.advance(2 * minute);
    expect(conditions(at, "j")).toContain("Complete CompletionsReached");
    await at.advance(minute);
    expect([at.core.list({ apiVersion: "batch/v1", kind: "Job" }).items, at.pods()]).toEqual([[], []]);
  });

  it("takes its pods along when it is deleted", async () => {
    const at = start();
    at.core.create(job("j"));
    await at.advance(80 * second);
    expect(at.pods()[0]?.status?.phase).toBe("Running");
    at.core.delete(refTo(job("j")), { propagationPolicy: "Background" });
    await at.advance(5 * second);
    expect(at.pods()).toEqual([]);
  });

  it("gives each index one success", async () => {
    const at = start({
      run: (pod) => (pod.metadata.name?.startsWith("j-1-") && !at.job("j").status?.failed ? fails : succeeds),
    });
    at.core.create(job("j", { spec: { completionMode: "Indexed", completions: 3, parallelism: 3 } }));
    await at.advance(4 * minute);
    expect(at.job("j").status).toMatchObject({ completedIndexes: "0-2", succeeded: 3, failed: 1 });
    const retried = at.history().filter((pod) => pod.metadata.name?.startsWith("j-1-"));
    expect(retried.map(({ status }) => status?.phase)).toEqual(["Failed", "Succeeded"]);
    expect(retried[0]?.spec?.containers[0]?.env?.[0]?.name).toBe("JOB_COMPLETION_INDEX");
  });

  it("runs without completions until one succeeds", async () => {
    const at = start({ run: (_, index) => ({ ms: index * 10 * second, exitCode: 0 }) });
    at.core.create(job("j", { spec: { parallelism: 2 } }));
    await at.advance(3 * minute);
    expect(at.job("j").status).toMatchObject({ succeeded: 2, failed: 0 });
    expect(conditions(at, "j")).toContain("Complete CompletionsReached");
  });
});

describe("podFailurePolicy", () => {
  it("fails the Job at once on FailJob", async () => {
    const at = start({ run: () => ({ ms: 10 * second, exitCode: 42 }) });
    const rules = [{ action: "FailJob", onExitCodes: { operator: "In" as const, values: [42] } }];
    at.core.create(job("j", { spec: { backoffLimit: 6, podFailurePolicy: { rules } } as object }));
    await at.advance(2 * minute);
    expect(conditions(at, "j")).toEqual(["FailureTarget PodFailurePolicy", "Failed PodFailurePolicy"]);
    expect(at.events("PodFailurePolicy")[0]).toMatch(
      /^Container main for pod default\/j-\w+ failed with exit code 42 matching FailJob rule at index 0$/,
    );
  });

  it("does not count what it ignores", async () => {
    const at = start({ run: (_, index) => (index < 4 ? { ms: second, exitCode: 137 } : succeeds) });
    const rules = [{ action: "Ignore", onExitCodes: { operator: "NotIn" as const, values: [1] } }];
    at.core.create(job("j", { spec: { backoffLimit: 0, podFailurePolicy: { rules } } as object }));
    await at.advance(5 * minute);
    expect(at.job("j").status).toMatchObject({ failed: 0, succeeded: 1 });
  });
});

it.each([
  ["", []],
  ["0", [0]],
  ["0,1", [0, 1]],
  ["0-2,5,7-9", [0, 1, 2, 5, 7, 8, 9]],
])("writes indexes as %j", (text, indexes) => {
  expect(indexesText(indexes)).toBe(text);
  expect([...parseIndexes(text)]).toEqual(indexes);
});

describe("backoffLimitPerIndex", () => {
  const indexed = { completionMode: "Indexed" as const, completions: 3, parallelism: 3, backoffLimitPerIndex: 1 };
  const failsAt = (index: string) => (pod: { metadata: { name?: string } }) =>
    pod.metadata.name?.startsWith(`j-${index}-`) ? fails : succeeds;

  it("gives up one index and runs the others", async () => {
    const at = start({ run: failsAt("1") });
    at.core.create(job("j", { spec: indexed }));
    await at.advance(5 * minute);
    expect(at.job("j").status).toMatchObject({ completedIndexes: "0,2", failedIndexes: "1", succeeded: 2, failed: 2 });
    expect(conditions(at, "j")).toEqual(["FailureTarget FailedIndexes", "Failed FailedIndexes"]);
    const counts = at
      .history()
      .filter(({ metadata }) => metadata.name?.startsWith("j-1-"))
      .map(({ metadata }) => metadata.annotations?.["batch.kubernetes.io/job-index-failure-count"]);
    expect(counts).toEqual(["0", "1"]);
  });

  it("counts a failed pod when it is replaced", async () => {
    const at = start({ run: failsAt("1") });
    at.core.create(job("j", { spec: indexed }));
    await at.advance(70 * second);
    while (at.pods().every(({ status }) => status?.phase !== "Failed")) await at.advance(second);
    await at.advance(5 * second);
    expect(at.job("j").status).toMatchObject({ failed: 0, succeeded: 2 });
    await at.advance(10 * second);
    expect([at.job("j").status?.failed, at.history().length]).toEqual([1, 4]);
  });

  it("ends at maxFailedIndexes", async () => {
    const at = start({ run: () => fails });
    at.core.create(job("j", { spec: { ...indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 1 } }));
    await at.advance(5 * minute);
    expect(conditions(at, "j")).toContain("Failed MaxFailedIndexesExceeded");
  });

  it("gives up an index at once on FailIndex", async () => {
    const at = start({ run: failsAt("0") });
    const rules = [{ action: "FailIndex", onExitCodes: { operator: "In" as const, values: [1] } }];
    const spec = { ...indexed, backoffLimitPerIndex: 5, podFailurePolicy: { rules } };
    at.core.create(job("j", { spec: spec as object }));
    await at.advance(5 * minute);
    expect(at.job("j").status).toMatchObject({ failedIndexes: "0", failed: 1, completedIndexes: "1,2" });
  });
});

describe("successPolicy", () => {
  const spec = (rule: object) => ({
    completionMode: "Indexed" as const,
    completions: 3,
    parallelism: 3,
    successPolicy: { rules: [rule] },
  });

  it.each([
    [{ succeededIndexes: "0" }, "0"],
    [{ succeededIndexes: "1-2", succeededCount: 1 }, "1"],
    [{ succeededCount: 1 }, "2"],
  ])("completes by %j", async (rule, first) => {
    const run = (pod: { metadata: { name?: string } }) =>
      pod.metadata.name?.startsWith(`j-${first}-`) ? succeeds : { ms: 60 * minute, exitCode: 0 };
    const at = start({ run });
    at.core.create(job("j", { spec: spec(rule) }));
    await at.advance(4 * minute);
    expect(conditions(at, "j")).toEqual(["SuccessCriteriaMet SuccessPolicy", "Complete SuccessPolicy"]);
    expect(at.job("j").status).toMatchObject({ succeeded: 1, completedIndexes: first });
    expect(at.job("j").status?.conditions?.[0]).toMatchObject({ message: "Matched rules at index 0" });
  });
});

describe("a Job's other fields", () => {
  it("resets its start when resumed", async () => {
    const at = start();
    const { metadata } = at.core.create(job("j", { spec: { activeDeadlineSeconds: 60, suspend: true } }));
    await at.advance(2 * minute);
    at.core.patch(refTo({ ...job("j"), metadata }), { spec: { suspend: false } });
    await at.advance(second);
    expect(Date.parse(at.job("j").status?.startTime ?? "")).toBe(at.clock.now() - second);
    expect([at.events("Suspended"), at.events("Resumed")]).toEqual([["Job suspended"], ["Job resumed"]]);
  });

  it("leaves a Job of another controller alone", async () => {
    const at = start();
    at.core.create(job("other", { spec: { managedBy: "example.com/queue" } }));
    at.core.create(job("own", { spec: { managedBy: "kubernetes.io/job-controller" } }));
    await at.advance(second);
    expect(at.pods().map(({ metadata }) => metadata.labels?.["job-name"])).toEqual(["own"]);
  });

  it("follows its parallelism up and down", async () => {
    const at = start();
    const { metadata } = at.core.create(job("j", { spec: { completions: 10, parallelism: 2 } }));
    const ref = refTo({ ...job("j"), metadata });
    const sizes: number[] = [];
    for (const parallelism of [4, 1]) {
      at.core.patch(ref, { spec: { parallelism } });
      await at.advance(second);
      sizes.push(at.pods().length);
    }
    expect(sizes).toEqual([4, 1]);
  });

  it("waits for the end of a pod it replaces", async () => {
    const at = start({ run: () => ({ ms: 10 * minute, exitCode: 0 }) });
    at.core.create(job("j", { spec: { podReplacementPolicy: "Failed" } as object }));
    await at.advance(2 * minute);
    const [pod] = at.pods();
    if (pod !== undefined) at.core.delete(refTo(pod));
    await at.advance(second);
    expect([at.pods().length, at.job("j").status?.terminating, at.job("j").status?.active]).toEqual([1, 1, 0]);
    await at.advance(30 * second);
    expect(at.history().length).toBe(2);
  });
});
