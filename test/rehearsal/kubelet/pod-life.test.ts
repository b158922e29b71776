import { describe, expect, it } from "vitest";

import type { Pod } from "../../../src/cluster/objects.ts";
import { nodeNamed, stillWorld } from "./harness.ts";
import { opener } from "./opener.ts";

const open = opener(stillWorld);

const lasts = (duration: string, exitCode = 0) => ({
  "aura.dev/simulated-duration": duration,
  "aura.dev/simulated-exit-code": String(exitCode),
});
const container = (pod: Pod) => pod.status?.containerStatuses?.[0];
const podRef = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ml" } });
const nodeRef = { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } };

describe("life of a pod", () => {
  it("pulls, runs and completes in simulated time", async () => {
    const { pod, read, clock, events } = open({ imagePullMs: () => 30_000 });
    pod("sim", {}, { annotations: lasts("90s") });
    await clock.advance(0);
    expect(container(read("sim"))?.state?.waiting?.reason).toBe("ContainerCreating");
    expect(read("sim").status).toMatchObject({ phase: "Pending", startTime: "2026-01-01T00:00:00Z" });
    await clock.advance(30_000);
    expect(read("sim").status?.phase).toBe("Running");
    expect(read("sim").status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
    await clock.advance(89_999);
    expect(read("sim").status?.phase).toBe("Running");
    await clock.advance(1);
    const { status } = read("sim");
    expect(status?.phase).toBe("Succeeded");
    expect(status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      reason: "PodCompleted",
      lastTransitionTime: "2026-01-01T00:02:00Z",
    });
    expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 0,
      startedAt: "2026-01-01T00:00:30Z",
      finishedAt: "2026-01-01T00:02:00Z",
    });
    expect(status).not.toHaveProperty("podIP");
    expect(events("sim")).toContain('Pulled: Successfully pulled image "busybox:1.37" in 30s');
  });

  it("pulls an image once per node", async () => {
    const pulls: [string | undefined, boolean][] = [];
    const { pod, clock, core, read, events } = open({
      imagePullMs: (_, image, node, cached) => {
        pulls.push([`${node.metadata.name} ${image}`, cached]);
        return 1000;
      },
    });
    core.create(nodeNamed("node-2"));
    pod("a", {}, { annotations: lasts("1s") });
    pod("b", {}, { annotations: lasts("1s") });
    await clock.advance(5000);
    pod("c", {}, { annotations: lasts("1s") });
    pod("d", {}, { annotations: lasts("1s"), spec: { nodeName: "node-2" } });
    pod("e", { image: "tool" }, { annotations: lasts("1s") });
    await clock.advance(5000);
    pod("f", { image: "tool" }, { annotations: lasts("1s") });
    await clock.advance(5000);
    expect(read("f").status?.phase).toBe("Succeeded");
    expect(pulls).toEqual([
      ["node-1 busybox:1.37", false],
      ["node-2 busybox:1.37", false],
      ["node-1 tool", false],
      ["node-1 tool", true],
    ]);
    expect(events("c")).toContain('Pulled: Container image "busybox:1.37" already present on machine');
  });

  it("restarts with growing back-off under OnFailure", async () => {
    const { pod, read, clock, events } = open();
    pod("crash", {}, { annotations: lasts("1s", 1), spec: { restartPolicy: "OnFailure" } });
    const seen: [number, string | undefined][] = [];
    for (const step of [1000, 1000, 9999, 1, 1000, 20_000]) {
      await clock.advance(step);
      seen.push([container(read("crash"))?.restartCount ?? 0, container(read("crash"))?.state?.waiting?.reason]);
    }
    expect(seen).toEqual([
      [1, undefined],
      [1, "CrashLoopBackOff"],
      [1, "CrashLoopBackOff"],
      [2, undefined],
      [2, "CrashLoopBackOff"],
      [3, undefined],
    ]);
    expect(container(read("crash"))?.lastState?.terminated).toMatchObject({ exitCode: 1 });
    expect(read("crash").status?.phase).toBe("Running");
    expect(events("crash").filter((event) => event.startsWith("BackOff"))).toHaveLength(1);
  });

  it.each([
    ["OnFailure", false],
    ["Always", true],
  ] as const)("has a back-off under %s in the background: %s", async (restartPolicy, isBackground) => {
    const { pod, clock, read } = open();
    pod("crash", {}, { annotations: lasts("1s", 1), spec: { restartPolicy } });
    await clock.advance(1000);
    const delays: (boolean | undefined)[] = [];
    const { schedule } = clock;
    clock.schedule = (delayMs, callback, options) => {
      if (delayMs === 10_000) delays.push(options?.background ?? false);
      return schedule(delayMs, callback, options);
    };
    await clock.advance(1000);
    expect(container(read("crash"))?.state?.waiting?.reason).toBe("CrashLoopBackOff");
    expect(delays).toEqual([isBackground]);
  });

  it("fails at its deadline", async () => {
    const { pod, read, clock } = open();
    pod("slow", {}, { annotations: lasts("1h"), spec: { activeDeadlineSeconds: 60 } });
    await clock.advance(60_000);
    expect(read("slow").status).toMatchObject({
      phase: "Failed",
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    });
    expect(container(read("slow"))?.state?.terminated?.exitCode).toBe(143);
  });

  it("refuses commands nobody allowed", async () => {
    const { pod, read, clock, events } = open({ runtime: "auto", hostEnv: { PATH: "/nowhere" } });
    pod("rm", "rm -rf /");
    // looking for an engine takes real time
    for (let round = 0; round < 200 && read("rm").status?.phase !== "Failed"; round += 1) await clock.advance(1);
    expect(read("rm").status).toMatchObject({
      phase: "Failed",
      reason: "RuntimeRefused",
      message: expect.stringContaining("aura.dev/rehearsal: process"),
    });
    expect(events("rm").join()).toContain("RuntimeRefused");
  });

  it("keeps a refused pod of a Deployment waiting", async () => {
    const { pod, read, clock, events, core } = open({ runtime: "auto", hostEnv: { PATH: "/nowhere" } });
    pod("web", "serve", { spec: { restartPolicy: "Always" } });
    for (let round = 0; round < 200 && events("web").length === 0; round += 1) await clock.advance(1);
    expect(read("web").status?.phase).toBe("Pending");
    expect(container(read("web"))?.state?.waiting?.reason).toBe("RuntimeRefused");
    core.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "ml" } });
    await clock.advance(60_000);
    expect(() => read("web")).toThrow("not found");
  });

  it("runs init containers one after another", async () => {
    const { pod, read, clock } = open();
    const image = "busybox:1.37";
    const initContainers = [
      { name: "one", image },
      { name: "two", image },
    ];
    pod("init", {}, { annotations: lasts("10s"), spec: { initContainers } });
    const states = () => read("init").status?.initContainerStatuses?.map(({ state }) => Object.keys(state ?? {})[0]);
    await clock.advance(5000);
    expect(states()).toEqual(["running", "waiting"]);
    expect(container(read("init"))?.state?.waiting?.reason).toBe("PodInitializing");
    await clock.advance(10_000);
    expect(states()).toEqual(["terminated", "running"]);
    expect(read("init").status?.phase).toBe("Pending");
    await clock.advance(10_000);
    expect(read("init").status?.phase).toBe("Running");
    await clock.advance(10_000);
    expect(read("init").status?.phase).toBe("Succeeded");
  });

  it("starts no container after a failed init", async () => {
    const { pod, read, clock } = open();
    const initContainers = [{ name: "one", image: "busybox:1.37" }];
    pod("init", {}, { annotations: lasts("1s", 4), spec: { initContainers } });
    await clock.advance(60_000);
    expect(read("init").status?.phase).toBe("Failed");
    expect(container(read("init"))?.state?.waiting?.reason).toBe("PodInitializing");
  });

  it("waits for all containers of a pod", async () => {
    const { pod, read, clock } = open();
    const containers = [
      { name: "a", image: "i:1" },
      { name: "b", image: "i:2" },
    ];
    const pull = open({ imagePullMs: (_, image) => (image === "i:2" ? 50_000 : 0) });
    pull.pod("two", {}, { annotations: lasts("10s", 0), spec: { containers } });
    await pull.clock.advance(20_000);
    expect(pull.read("two").status?.containerStatuses?.map(({ ready }) => ready)).toEqual([false, false]);
    expect(pull.read("two").status?.phase).toBe("Running");
    await pull.clock.advance(40_000);
    expect(pull.read("two").status?.phase).toBe("Succeeded");
    pod("one", {}, { annotations: lasts("10s"), spec: { containers } });
    await clock.advance(10_000);
    expect(read("one").status?.phase).toBe("Succeeded");
  });

  it("removes a deleted pod after stopping it", async () => {
    const { pod, core, clock, read } = open();
    pod("gone", {}, { annotations: lasts("1h") });
    await clock.advance(1000);
    core.delete(podRef("gone"));
    expect(read("gone").metadata.deletionTimestamp).toBeDefined();
    await clock.advance(0);
    expect(core.find(podRef("gone"))).toBeUndefined();
  });

  it("removes a pod deleted during its pull", async () => {
    const { pod, core, clock } = open({ imagePullMs: () => 60_000 });
    pod("gone", {}, { annotations: lasts("1h") });
    await clock.advance(1000);
    core.delete(podRef("gone"));
    await clock.advance(0);
    expect(core.find(podRef("gone"))).toBeUndefined();
  });

  it("fails the pods of a lost node", async () => {
    const { pod, core, clock, read } = open();
    pod("lost", {}, { annotations: lasts("1h") });
    await clock.advance(1000);
    core.delete(nodeRef);
    await clock.advance(0);
    expect(read("lost").status).toMatchObject({ phase: "Failed", reason: "NodeLost", message: "node node-1 is gone" });
    expect(container(read("lost"))?.state?.terminated?.exitCode).toBe(137);
    expect(clock.pending()).toBe(0);
  });

  it("leaves the last word to whoever evicts", async () => {
    const { pod, core, clock, read } = open();
    pod("evicted", {}, { annotations: lasts("1h") });
    await clock.advance(1000);
    core.patch(podRef("evicted"), { status: { phase: "Failed", reason: "Evicted" } }, { subresource: "status" });
    await clock.advance(0);
    expect(read("evicted").status).toMatchObject({ phase: "Failed", reason: "Evicted" });
    expect(container(read("evicted"))?.state?.terminated?.exitCode).toBe(143);
  });

  it("waits for a pod's node to exist", async () => {
    const { pod, core, clock, read } = open();
    pod("early", {}, { annotations: lasts("1s"), spec: { nodeName: "node-9" } });
    await clock.advance(10_000);
    expect(read("early").status?.startTime).toBeUndefined();
    core.create(nodeNamed("node-9"));
    await clock.advance(1000);
    expect(read("early").status?.phase).toBe("Succeeded");
  });

  it("writes nothing once it is stopped", async () => {
    const { pod, core, clock, kubelet } = open({ imagePullMs: (_, image) => (image === "big:1" ? 60_000 : 0) });
    pod("running", {}, { annotations: lasts("1h") });
    pod("pulling", { image: "big:1" }, { annotations: lasts("1h") });
    await clock.advance(1000);
    const version = core.resourceVersion();
    await kubelet.stop();
    await clock.advance(1_000_000);
    expect(core.resourceVersion()).toBe(version);
    expect(clock.pending()).toBe(0);
  });
});
