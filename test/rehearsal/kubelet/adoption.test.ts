import { afterEach, describe, expect, it } from "vitest";

import type { Container, Pod } from "../../../src/cluster/objects.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { type Kubelet, type KubeletDeps, startKubelet } from "../../../src/rehearsal/kubelet/kubelet.ts";
import { stillWorld, type World, type WorldOptions, world } from "./harness.ts";

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of open.splice(0)) await stop();
});

/** Another kubelet over the same cluster: what a server does that is started after a crash. */
function again(
  { core, clock, dataDir }: Omit<World, "clock"> & Pick<KubeletDeps, "clock">,
  options: WorldOptions = {},
): Kubelet {
  const settings = { runtime: "process", imagePullMs: () => 0, gpuOf: () => undefined, hostEnv: process.env } as const;
  const kubelet = startKubelet({ core, clock, dataDir, random: seededRandom(2), ...settings, ...options });
  open.push(kubelet);
  return kubelet;
}

const lasts = (duration: string) => ({ annotations: { "aura.dev/simulated-duration": duration } });
const container = (pod: Pod) => pod.status?.containerStatuses?.[0];
const podRef = (name: string) => ({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "ml" } });

/** A pod of node-9, which is not there yet, with a status that an earlier kubelet has written. */
function left(
  made: Pick<World, "core" | "pod">,
  options: { container?: Partial<Container>; more?: object; status: object },
): void {
  made.pod("left", options.container ?? {}, { spec: { nodeName: "node-9" }, ...options.more });
  const status = { phase: "Running", startTime: "2025-12-31T23:00:00Z", ...options.status };
  made.core.patch(podRef("left"), { status }, { subresource: "status" });
}

const statusOf = (state: object, more: object = {}) => ({
  containerStatuses: [{ name: "main", image: "i", imageID: "", ready: false, restartCount: 0, state, ...more }],
});
const node9 = { apiVersion: "v1", kind: "Node", metadata: { name: "node-9" } };

describe("a kubelet that is started again", () => {
  it("goes on with what is left of a timer", async () => {
    const made = stillWorld();
    open.push({ stop: made.close });
    made.pod("sim", {}, lasts("90s"));
    await made.clock.advance(30_000);
    const id = container(made.read("sim"))?.containerID;
    await made.kubelet.stop();
    await made.clock.advance(20_000);
    again(made);
    await made.clock.advance(39_999);
    expect(made.read("sim").status?.phase).toBe("Running");
    await made.clock.advance(1);
    expect(made.read("sim").status?.phase).toBe("Succeeded");
    expect(container(made.read("sim"))).toMatchObject({ restartCount: 0, containerID: id });
    expect(container(made.read("sim"))?.state?.terminated?.startedAt).toBe("2026-01-01T00:00:00Z");
    expect(made.events("sim").filter((event) => event.startsWith("Started"))).toHaveLength(1);
  });

  it("counts a lost process as killed", async () => {
    const made = world();
    open.push({ stop: made.close });
    left(made, { status: statusOf({ running: { startedAt: "2025-12-31T23:00:01Z" } }) });
    made.core.create(node9);
    const ended = await made.end("left");
    expect(ended.status?.phase).toBe("Failed");
    expect(container(ended)?.state?.terminated).toMatchObject({ exitCode: 137, reason: "ContainerStatusUnknown" });
  });

  it("restarts a lost process by its policy", async () => {
    const made = world();
    open.push({ stop: made.close });
    left(made, {
      container: { command: ["true"] },
      more: { spec: { nodeName: "node-9", restartPolicy: "OnFailure" } },
      status: statusOf({ running: { startedAt: "2025-12-31T23:00:01Z" } }, { restartCount: 2 }),
    });
    made.core.create(node9);
    const ended = await made.end("left");
    expect(ended.status?.phase).toBe("Succeeded");
    expect(container(ended)).toMatchObject({ restartCount: 3, lastState: { terminated: { exitCode: 137 } } });
  });

  it("restarts what waited in its back-off", async () => {
    const made = stillWorld();
    open.push({ stop: made.close });
    const terminated = { exitCode: 1, reason: "Error", finishedAt: "2025-12-31T23:00:02Z" };
    left(made, {
      more: { ...lasts("5s"), spec: { nodeName: "node-9", restartPolicy: "OnFailure" } },
      status: statusOf({ waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 4, lastState: { terminated } }),
    });
    made.core.create(node9);
    await made.clock.advance(5000);
    expect(container(made.read("left"))).toMatchObject({ restartCount: 5, state: { terminated: { exitCode: 0 } } });
  });

  it("goes on with a pull", async () => {
    const imagePullMs = () => 60_000;
    const made = stillWorld({ imagePullMs });
    open.push({ stop: made.close });
    made.pod("sim", {}, lasts("10s"));
    await made.clock.advance(40_000);
    await made.kubelet.stop();
    again(made, { imagePullMs });
    await made.clock.advance(19_999);
    expect(made.read("sim").status?.phase).toBe("Pending");
    await made.clock.advance(1);
    expect(made.read("sim").status?.phase).toBe("Running");
    expect(made.events("sim")).toContain('Pulled: Successfully pulled image "busybox:1.37" in 60s');
  });

  it("goes on among the init containers", async () => {
    const made = stillWorld();
    open.push({ stop: made.close });
    const initContainers = [
      { name: "one", image: "i" },
      { name: "two", image: "i" },
    ];
    made.pod("sim", {}, { ...lasts("10s"), spec: { initContainers } });
    await made.clock.advance(15_000);
    await made.kubelet.stop();
    again(made);
    await made.clock.advance(5000);
    expect(made.read("sim").status?.phase).toBe("Running");
    expect(made.read("sim").status?.initContainerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0, 0]);
    await made.clock.advance(10_000);
    expect(made.read("sim").status?.phase).toBe("Succeeded");
  });

  it("knows which images a node has", async () => {
    const imagePullMs = () => 60_000;
    const made = stillWorld({ imagePullMs });
    open.push({ stop: made.close });
    made.pod("one", {}, lasts("1s"));
    await made.clock.advance(61_000);
    await made.kubelet.stop();
    again(made, { imagePullMs });
    made.pod("two", {}, lasts("1s"));
    await made.clock.advance(1000);
    expect(made.read("two").status?.phase).toBe("Succeeded");
  });

  it.each(["Running", "Failed"])("removes a pod that was being deleted when %s", async (phase) => {
    const made = stillWorld();
    open.push({ stop: made.close });
    left(made, { more: { ...lasts("1h"), spec: { nodeName: "node-9" } }, status: statusOf({ running: {} }) });
    made.core.delete(podRef("left"));
    made.core.find(podRef("left")) && made.core.patch(podRef("left"), { status: { phase } }, { subresource: "status" });
    made.core.create(node9);
    await made.clock.advance(0);
    expect(made.core.find(podRef("left"))).toBeUndefined();
  });

  it("finds nothing to do in a finished cluster", async () => {
    const made = stillWorld();
    open.push({ stop: made.close });
    made.pod("sim", {}, lasts("1s"));
    await made.clock.advance(1000);
    await made.kubelet.stop();
    const before = made.read("sim");
    again(made);
    again(made);
    await made.clock.advance(100_000);
    expect(made.read("sim")).toEqual(before);
    expect(made.clock.pending()).toBe(0);
  });
});
