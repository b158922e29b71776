import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { connectCluster } from "../../src/cluster/connect.ts";
import { project } from "./harness.ts";

interface Started {
  readonly already: boolean;
  readonly url: string;
  readonly kubeconfig: string;
  readonly notes: readonly string[];
}

const start = ["rehearsal", "start", "--detach", "-o", "json"];
const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kept", namespace: "default" } };

async function namesOf(kubeconfig: string, apiVersion: string, kind: string): Promise<(string | undefined)[]> {
  const { items } = await (await connectCluster(kubeconfig)).list({ apiVersion, kind });
  return items.map(({ metadata }) => metadata.name).sort();
}

test("a start brings the environment's pools", async () => {
  const made = await project();
  const { kubeconfig, url } = (await made.aura(...start)).json<Started>();
  expect(await namesOf(kubeconfig, "karpenter.sh/v1", "NodePool")).toEqual(["cpu", "gpu"]);
  const status = (await made.aura("rehearsal", "status", "-o", "json")).json();
  expect(status).toMatchObject({ ok: true, state: "running", url, kubeconfig, clock: { speed: 2000 }, faults: [] });
  expect(status["objects"]).toContainEqual({ apiVersion: "karpenter.sh/v1", kind: "NodePool", count: 2 });
});

test("a folder without aura.yaml gets the default pools", async () => {
  const made = await project();
  await rm(join(made.directory, "aura.yaml"));
  const { kubeconfig } = (await made.aura(...start, "--data", "elsewhere/one")).json<Started>();
  expect(kubeconfig).toBe(join(made.directory, "elsewhere", "one", "kubeconfig"));
  expect(await namesOf(kubeconfig, "karpenter.sh/v1", "NodePool")).toEqual(["cpu", "gpu"]);
  expect((await made.aura("rehearsal", "stop", "--data", "elsewhere/one")).code).toBe(0);
});

test("an empty start leaves the pools out", async () => {
  const made = await project();
  const { kubeconfig } = (await made.aura(...start, "--empty")).json<Started>();
  expect(await namesOf(kubeconfig, "karpenter.sh/v1", "NodePool")).toEqual([]);
});

test("state, address and token outlive a stop", async () => {
  const made = await project();
  const first = (await made.aura(...start)).json<Started>();
  const api = await connectCluster(first.kubeconfig);
  await api.create(configMap);
  await api.delete({ apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name: "gpu" } });
  expect((await made.aura("rehearsal", "stop")).stderr).toContain("stopped; the state is kept");
  expect((await made.aura("rehearsal", "status", "-o", "json")).json()).toMatchObject({ state: "stopped" });
  const second = (await made.aura(...start)).json<Started>();
  expect(second.url).toBe(first.url);
  expect((await api.read(configMap)).metadata.name).toBe("kept");
  // what a user took away does not come back
  expect(await namesOf(second.kubeconfig, "karpenter.sh/v1", "NodePool")).toEqual(["cpu"]);
});

test("a second start finds it running", async () => {
  const made = await project();
  const first = (await made.aura(...start)).json<Started>();
  const again = await made.aura(...start);
  expect([again.code, again.json()]).toMatchObject([0, { already: true, url: first.url }]);
  const other = await made.aura(...start, "--speed", "7", "--ttl", "1h");
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("speed: 2000 runs, 7 is wanted");
  expect(other.stderr).toContain("ttl: no end runs, 1 h 00 min is wanted");
});

test("stopping what does not run succeeds", async () => {
  const made = await project();
  const stopped = await made.aura("rehearsal", "stop", "-o", "json");
  expect([stopped.code, stopped.json()]).toMatchObject([0, { ok: true, stopped: false }]);
  expect((await made.aura("rehearsal", "status", "-o", "json")).json()).toMatchObject({
    state: "none",
    running: false,
  });
});

test("a taken port is a clear failure", async () => {
  const made = await project();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const failed = await made.aura(...start, "--port", String(port));
  expect([failed.code, failed.json()]).toMatchObject([2, { error: { message: `port ${port} is in use` } }]);
});

test.each([
  [["--port", "0"], '--port is "0"'],
  [["--port", "http"], '--port is "http"'],
  [["--ttl", "soon"], '--ttl is "soon"'],
  [["--speed", "fast"], "rehearsal.speed"],
  [["--name", "../x"], 'no environment can be called "../x"'],
  [["--name", "test", "--data", "x"], "--data and --name both say"],
  [["--name", "test"], "no cluster here"],
  [["--file", "nowhere.yaml"], "no such file: nowhere.yaml"],
])("start refuses %j", async (flags, message) => {
  const made = await project();
  await made.write(".aura/test/journal.jsonl", "");
  const failed = await made.aura("rehearsal", "start", "--detach", ...flags);
  expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(made.servers.size).toBe(0);
});

test("a folder with other things is left alone", async () => {
  const made = await project();
  const failed = await made.aura("rehearsal", "start", "--detach", "--data", ".");
  expect([failed.code, failed.stderr]).toEqual([2, expect.stringContaining("the data folder holds something else")]);
  expect((await made.aura("rehearsal", "reset", "--data", ".", "--yes")).stderr).toContain("there is no state");
  expect(await made.read("jobs.yml")).toContain("kind: Job");
});

test("a reset asks first, and starts anew", async () => {
  const made = await project();
  const first = (await made.aura(...start)).json<Started>();
  const api = await connectCluster(first.kubeconfig);
  await api.create(configMap);
  expect((await made.aura("rehearsal", "reset")).code).toBe(3);
  made.answer = true;
  const reset = (await made.aura("rehearsal", "reset", "-o", "json")).json<Started>();
  expect(reset).toMatchObject({ reset: true, running: true, url: first.url });
  await expect(api.read(configMap)).rejects.toMatchObject({ status: 404 });
  expect(await namesOf(first.kubeconfig, "karpenter.sh/v1", "NodePool")).toEqual(["cpu", "gpu"]);
});

test("a reset of a stopped one deletes only", async () => {
  const made = await project();
  await made.aura(...start);
  await made.aura("rehearsal", "stop");
  expect((await made.aura("rehearsal", "reset", "--yes")).stderr).toContain("the state is gone");
  expect(await readdir(join(made.directory, ".aura", "rehearsal"))).toEqual(["identity.json"]);
});

test("a changed environment is told, not taken over", async () => {
  const made = await project();
  await made.aura(...start);
  await made.aura("rehearsal", "stop");
  await made.write("aura.yaml", (await made.read("aura.yaml")).replace("us-east-1", "eu-west-1"));
  const { notes } = (await made.aura(...start)).json<Started>();
  expect(notes).toEqual([expect.stringMatching(/region and zones.*changed.*aura rehearsal reset/)]);
});

test("the context joins another kubeconfig", async () => {
  const made = await project();
  await writeFile(join(made.directory, "mine"), "apiVersion: v1\nkind: Config\ncurrent-context: work\n");
  const started = await made.aura("rehearsal", "start", "--detach", "--kubeconfig", "mine");
  expect(started.stderr).toContain("kubectl --context aura-rehearsal");
  expect(await readFile(join(made.directory, "mine"), "utf8")).toContain("name: aura-rehearsal");
});

test("the foreground shows nodes and pods", async () => {
  const made = await project();
  const started = made.aura("rehearsal", "start", "--runtime", "process", "-o", "json");
  const lines: string[] = [];
  const launched = new Promise<void>((resolve) => {
    made.onLine = (line) => {
      lines.push(line);
      if (line.includes("export KUBECONFIG=")) void work(join(made.directory, ".aura", "rehearsal", "kubeconfig"));
      if (/pod\s+shown succeeded/.test(line)) resolve();
    };
  });
  await launched;
  made.signal("SIGINT");
  const { code, json } = await started;
  expect([code, json()]).toMatchObject([0, { ok: true, running: false }]);
  expect(lines.join("")).toMatch(/node\s+\S+ launched: /);
  expect(made.servers.size).toBe(0);
});

async function work(kubeconfig: string): Promise<void> {
  const api = await connectCluster(kubeconfig);
  const containers = [{ name: "main", image: "busybox", command: ["true"] }];
  const metadata = { name: "shown", namespace: "default" };
  await api.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: { restartPolicy: "Never", containers },
  } as typeof configMap);
}

test("a deployed environment's cluster stops and goes on", async () => {
  const made = await project();
  await made.aura("up");
  expect((await made.aura("rehearsal", "stop", "--name", "test")).code).toBe(0);
  expect((await made.aura("status", "-o", "json")).json()).toMatchObject({ ok: false, reachable: false });
  const again = (await made.aura(...start, "--name", "test")).json<Started>();
  expect(await namesOf(again.kubeconfig, "karpenter.sh/v1", "NodePool")).toEqual(["cpu", "gpu"]);
  expect((await made.aura("status", "-o", "json")).json()).toMatchObject({ ok: true, reachable: true });
  expect((await made.aura("down")).code).toBe(0);
});
