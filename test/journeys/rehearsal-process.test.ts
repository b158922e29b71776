import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { connectCluster } from "../../src/cluster/connect.ts";
import { aura, processesOf, realProject, removeProject, start, until } from "./processes.ts";

async function startedProject() {
  const directory = await realProject();
  onTestFinished(() => removeProject(directory));
  const data = join(directory, ".aura", "rehearsal");
  return {
    directory,
    kubeconfig: join(data, "kubeconfig"),
    pid: async () => JSON.parse(await readFile(join(data, "server.json"), "utf8")).pid as number,
  };
}

const kept = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kept", namespace: "default" } };

test("Ctrl-C ends a foreground cluster cleanly", async () => {
  const { directory } = await startedProject();
  const foreground = start(directory, ["rehearsal", "start"]);
  await foreground.shows(/export KUBECONFIG=/);
  foreground.child.kill("SIGINT");
  expect(await foreground.ended).toEqual({ code: 0, signal: null });
  expect(foreground.output()).toContain("its state is kept");
  expect(await processesOf(directory)).toEqual([]);
});

test("a killed server is noticed, and goes on", async () => {
  const { directory, kubeconfig, pid } = await startedProject();
  const foreground = start(directory, ["rehearsal", "start"]);
  await foreground.shows(/export KUBECONFIG=/);
  const api = await connectCluster(kubeconfig);
  await api.create(kept);
  process.kill(await pid(), "SIGKILL");
  expect(await foreground.ended).toMatchObject({ code: 1 });
  expect(foreground.output()).toMatch(/was killed, or it crashed[\s\S]*aura rehearsal start goes on/);
  expect(aura(directory, ["rehearsal", "status"]).stderr).toContain("the cluster was killed; its state is kept");

  const again = aura(directory, ["rehearsal", "start", "--detach"]);
  expect(again.status, again.stderr).toBe(0);
  // the same address and token: a client from before needs to know nothing new
  expect((await api.read(kept)).metadata.name).toBe("kept");
  expect(aura(directory, ["rehearsal", "stop"]).status).toBe(0);
  expect(await processesOf(directory)).toEqual([]);
});

test("a stop elsewhere ends the foreground calmly", async () => {
  const { directory } = await startedProject();
  const foreground = start(directory, ["rehearsal", "start"]);
  await foreground.shows(/export KUBECONFIG=/);
  expect(aura(directory, ["rehearsal", "stop"]).status).toBe(0);
  expect(await foreground.ended).toEqual({ code: 0, signal: null });
});

test("stop reaps the processes of pods", async () => {
  const { directory, kubeconfig } = await startedProject();
  const started = aura(directory, ["rehearsal", "start", "--detach", "--runtime", "process", "--speed", "2000"]);
  expect(started.status, started.stderr).toBe(0);
  const containers = [
    { name: "main", image: "busybox", command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"] },
  ];
  const spec = { terminationGracePeriodSeconds: 1, containers };
  await (await connectCluster(kubeconfig)).create({ ...kept, kind: "Pod", spec } as typeof kept);
  await until(
    async () => (await processesOf(directory)).some((line) => line.includes("while")),
    () => "no pod's process",
  );
  expect(aura(directory, ["rehearsal", "stop"]).status).toBe(0);
  expect(await processesOf(directory)).toEqual([]);
});
