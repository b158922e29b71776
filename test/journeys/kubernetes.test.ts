import { readdir, readFile, writeFile } from "node:fs/promises";

import { expect, test } from "vitest";

import type { AnyObject } from "../../src/cluster/objects.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { type ExistingCluster, existingCluster } from "./existing-cluster.ts";
import { type Project, processJob, project, timerJob } from "./harness.ts";

const nodePool = { apiVersion: "karpenter.sh/v1", kind: "NodePool" };

interface Options {
  readonly nodeClass?: string;
  readonly context?: string;
  readonly jobs?: string;
}

async function inCluster(options: Options = {}): Promise<{ made: Project; cluster: ExistingCluster }> {
  const cluster = await existingCluster();
  const { nodeClass, context, jobs } = options;
  const settings = [
    `kubeconfig: ${cluster.kubeconfig}`,
    ...(nodeClass === undefined ? [] : [`nodeClass: ${nodeClass}`]),
    ...(context === undefined ? [] : [`context: ${context}`]),
  ];
  const environment = `version: 1
name: test
region: us-east-1
target: kubernetes
kubernetes: { ${settings.join(", ")} }
pools:
  cpu: { families: [m7i], hold: 30s }
timeout: 30m
jobs: [jobs.yml]
`;
  return { made: await project({ environment, ...(jobs !== undefined && { jobs }) }), cluster };
}

const work = processJob("writes", 'echo hello; echo 42 > "$AURA_OUTPUT_DIR/answer"');

async function entries(path = ""): Promise<TimelineEntry[]> {
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as TimelineEntry);
}

test("up, run, status, collect and down", { timeout: 60_000 }, async () => {
  const { made, cluster } = await inCluster({ jobs: work });
  const up = await made.aura("up", "-o", "json");
  expect(up.json(), up.stderr).toMatchObject({ ok: true, environment: "test", target: "kubernetes" });
  const run = await made.aura("run", "-o", "json");
  expect(run.json<Summary>().jobs, run.stderr).toMatchObject([{ name: "writes", status: "succeeded" }]);
  const status = (await made.aura("status", "-o", "json")).json();
  expect(status).toMatchObject({ ok: true, jobs: [{ name: "writes", status: "succeeded" }], nodes: [], simulated: [] });
  const { report } = (await made.aura("collect", "-o", "json")).json<Summary>();
  const files = await readdir(report?.dir ?? "", { recursive: true });
  expect(files).toContainEqual(expect.stringMatching(/^logs\/default\.writes-\w+\.main\.log$/));
  expect(files).toContainEqual(expect.stringMatching(/^outputs\/default\.writes-\w+\/answer$/));
  const names = (await entries(report?.timeline)).flatMap((entry) => {
    if (entry.type === "pod") return entry.name;
    return entry.type === "event" && entry.kind !== "NodeClaim" ? entry.name : [];
  });
  expect(names).toContainEqual(expect.stringMatching(/^writes-/));
  expect(names.filter((name) => /^theirs|^of-another-run/.test(name))).toEqual([]);
  const down = await made.aura("down", "-o", "json");
  expect([down.code, down.json<Summary>().leftovers], down.stderr).toEqual([0, []]);
  expect(await cluster.own("test")).toEqual([]);
  expect(await cluster.changed()).toEqual([]);
});

test("a cycle makes pools and takes them away", async () => {
  const { made, cluster } = await inCluster({ nodeClass: "default", jobs: timerJob("work") });
  const cycle = await made.aura("cycle", "-o", "json");
  expect(cycle.code, cycle.stderr).toBe(0);
  const { nodes, leftovers, jobs } = cycle.json<Summary>();
  expect([jobs.length, leftovers]).toEqual([1, []]);
  expect(nodes).toMatchObject([
    { name: expect.stringMatching(/^test-cpu-/), instanceType: "m7i.large", usd: expect.any(Number) },
  ]);
  expect(await cluster.own("test")).toEqual([]);
  expect(await cluster.changed()).toEqual([]);
});

test("a wrong context names those there are", async () => {
  const { made } = await inCluster({ context: "aura-thiers" });
  const failed = await made.aura("up", "-o", "json");
  expect([failed.code, failed.json()]).toMatchObject([
    2,
    {
      error: {
        code: "USAGE",
        problems: ["context aura-theirs"],
        fix: expect.stringContaining("did you mean aura-theirs?"),
      },
    },
  ]);
});

test("a user who is not admitted is told", async () => {
  const { made, cluster } = await inCluster();
  const config = (await readFile(cluster.kubeconfig, "utf8")).replace(/"token": "[^"]*"/, '"token": "wrong"');
  await writeFile(cluster.kubeconfig, config);
  const failed = await made.aura("cycle", "-o", "json");
  expect([failed.code, failed.json()]).toMatchObject([
    2,
    { error: { message: "the cluster does not admit the kubeconfig's user" } },
  ]);
});

test("what a job needs there is asked first", async () => {
  const jobs = timerJob("work").replace("name: work", "name: work, namespace: nowhere");
  const { made, cluster } = await inCluster({ jobs, nodeClass: "defautl" });
  const failed = await made.aura("cycle", "-o", "json");
  expect([failed.code, failed.json()]).toMatchObject([
    2,
    {
      error: {
        code: "JOB_REFUSED",
        problems: [expect.stringContaining("no EC2NodeClass defautl"), expect.stringContaining("no namespace nowhere")],
      },
    },
  ]);
  expect(await cluster.changed()).toEqual([]);
});

test("jobs go where kubectl would put them", async () => {
  const { made, cluster } = await inCluster({ jobs: work });
  await cluster.api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
  const config = JSON.parse(await readFile(cluster.kubeconfig, "utf8"));
  for (const { context } of config.contexts) context.namespace = "team";
  await writeFile(cluster.kubeconfig, JSON.stringify(config));
  const cycle = await made.aura("cycle", "-o", "json");
  const { jobs, report } = cycle.json<Summary>();
  expect(jobs, cycle.stderr).toMatchObject([{ name: "writes", namespace: "team", status: "succeeded" }]);
  const files = await readdir(report?.dir ?? "", { recursive: true });
  expect(files).toContainEqual(expect.stringMatching(/^outputs\/team\.writes-\w+\/answer$/));
});

test("a pool of others is not taken over", async () => {
  const { made, cluster } = await inCluster({ nodeClass: "default" });
  const theirs = await cluster.api.read<AnyObject>({ ...nodePool, metadata: { name: "theirs" } });
  await cluster.api.create({ ...nodePool, metadata: { name: "test-cpu" }, spec: theirs["spec"] } as AnyObject);
  const failed = await made.aura("cycle", "-o", "json");
  expect([failed.code, failed.json()]).toMatchObject([
    2,
    { error: { message: "a NodePool named test-cpu is there already, and is not test's" } },
  ]);
  expect((await cluster.api.read<AnyObject>({ ...nodePool, metadata: { name: "test-cpu" } }))["spec"]).toEqual(
    theirs["spec"],
  );
  expect(await cluster.changed()).toEqual([]);
});

test("down goes where up went", async () => {
  const { made, cluster } = await inCluster({ nodeClass: "default" });
  const other = await existingCluster();
  await made.write("aura.yaml", (await made.read("aura.yaml")).replace(/kubeconfig: [^,]+, /, ""));
  made.env = { KUBECONFIG: cluster.kubeconfig };
  expect((await made.aura("up")).code).toBe(0);
  made.env = { KUBECONFIG: other.kubeconfig };
  expect((await made.aura("status", "-o", "json")).json()).toMatchObject({ reachable: true });
  expect((await made.aura("down")).code).toBe(0);
  expect(await cluster.own("test")).toEqual([]);
});

test("another cluster at the same place is refused", async () => {
  const { made, cluster } = await inCluster({ nodeClass: "default" });
  expect((await made.aura("up")).code).toBe(0);
  const record = JSON.parse(await made.read(".aura/test/target/cluster.json"));
  await made.write(".aura/test/target/cluster.json", JSON.stringify({ ...record, uid: "another" }));
  const failed = await made.aura("down", "-o", "json");
  expect([failed.code, failed.json()]).toMatchObject([
    2,
    { error: { message: expect.stringContaining("another cluster") } },
  ]);
  expect(await cluster.own("test")).toEqual(["NodePool test-cpu"]);
});

test("a cluster that does not answer keeps its run", async () => {
  const { made, cluster } = await inCluster({ nodeClass: "default" });
  expect((await made.aura("up")).code).toBe(0);
  const config = await readFile(cluster.kubeconfig, "utf8");
  await writeFile(cluster.kubeconfig, config.replace(/"token": "[^"]*"/, '"token": "wrong"'));
  const failed = await made.aura("down", "--yes", "-o", "json");
  expect([failed.code, failed.json()]).toMatchObject([2, { error: { code: "CLUSTER_UNREACHABLE" } }]);
  await writeFile(cluster.kubeconfig, config);
  expect((await made.aura("down", "--yes")).code).toBe(0);
  expect(await cluster.own("test")).toEqual([]);
  expect(await cluster.changed()).toEqual([]);
});

test("a node of others costs while the run is on it", { timeout: 60_000 }, async () => {
  const two = [
    timerJob("first", { duration: "60s", cpu: "100m" }),
    timerJob("second", { duration: "60s", cpu: "100m" }),
  ];
  const { made, cluster } = await inCluster({ jobs: two.map((job) => job.replace("1Gi", "128Mi")).join("---\n") });
  await made.aura("up");
  const { nodes, jobs, usd } = (await made.aura("run", "-o", "json")).json<Summary>();
  expect(jobs.map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
  expect(nodes.every(({ instanceType, goneAt }) => instanceType.startsWith("m7i.") && goneAt !== null)).toBe(true);
  expect(usd).toBeGreaterThan(0);
  const again = (await made.aura("run", "-o", "json")).json<Summary>();
  expect(again.nodes.map(({ name }) => name)).toContainEqual(expect.stringMatching(/ \(2\)$/));
  expect((await made.aura("down", "--yes")).code).toBe(0);
  expect(await cluster.changed()).toEqual([]);
});
