import { afterEach, describe, expect, it } from "vitest";

import { conditionOf, type KubeObject, type Node } from "../../../src/cluster/objects.ts";
import { nodeConditions } from "../../../src/rehearsal/controllers/node-object.ts";
import { stillWorld } from "./harness.ts";

type Lease = KubeObject & { spec: { renewTime: string; holderIdentity: string } };

let close: () => Promise<void> = async () => {};
afterEach(() => close());

const nodeRef = { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } };
const leaseRef = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "node-1", namespace: "kube-node-lease" },
};
const lasts = (duration: string) => ({ annotations: { "aura.dev/simulated-duration": duration } });

/** A world whose node has what `wrong` names at the moment. */
function open() {
  const wrong = new Set<string>();
  const faults = { is: (fault: string) => wrong.has(fault), pullMs: (ms: number) => ms * (wrong.has("pull") ? 5 : 1) };
  const made = stillWorld({ faults, imagePullMs: () => 1000 });
  close = made.close;
  const status = { conditions: nodeConditions(true, made.clock.now()) };
  made.core.patch(nodeRef, { status }, { subresource: "status" });
  return { ...made, wrong };
}

describe("heartbeats of a kubelet", () => {
  it("renew its Lease every ten seconds", async () => {
    const { core, clock } = open();
    expect(core.read<Lease>(leaseRef)).toMatchObject({
      metadata: { ownerReferences: [{ kind: "Node", name: "node-1" }] },
      spec: { holderIdentity: "node-1", leaseDurationSeconds: 40, renewTime: "2026-01-01T00:00:00.000000Z" },
    });
    await clock.advance(25_000);
    expect(core.read<Lease>(leaseRef).spec.renewTime).toBe("2026-01-01T00:00:20.000000Z");
    expect(clock.pending()).toBe(0);
  });

  it("date its conditions every five minutes", async () => {
    const { core, clock } = open();
    const ready = () => core.read<Node>(nodeRef).status?.conditions?.find(({ type }) => type === "Ready");
    await clock.advance(299_000);
    expect(ready()?.lastHeartbeatTime).toBe("2026-01-01T00:00:00Z");
    await clock.advance(1000);
    expect(ready()?.lastHeartbeatTime).toBe("2026-01-01T00:05:00Z");
    expect(ready()?.lastTransitionTime).toBe("2026-01-01T00:00:00Z");
  });

  it("cease while it is silent, pods included", async () => {
    const { core, clock, pod, read, events, wrong } = open();
    pod("sim", {}, lasts("60s"));
    await clock.advance(11_000);
    wrong.add("kubelet-silent");
    pod("late", {}, lasts("1s"));
    core.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: "late", namespace: "ml" } });
    await clock.advance(100_000);
    expect(core.read<Lease>(leaseRef).spec.renewTime).toBe("2026-01-01T00:00:10.000000Z");
    expect(read("sim").status?.phase).toBe("Running");
    expect(read("late").metadata.deletionTimestamp).toBeDefined();
    wrong.clear();
    await clock.advance(10_000);
    expect(core.read<Lease>(leaseRef).spec.renewTime).toBe("2026-01-01T00:02:00.000000Z");
    expect(read("sim").status?.phase).toBe("Succeeded");
    expect(read("sim").status?.containerStatuses?.[0]?.state?.terminated?.finishedAt).toBe("2026-01-01T00:01:01Z");
    expect(() => read("late")).toThrow("not found");
    expect(events("sim").filter((event) => event.startsWith("Started"))).toHaveLength(1);
  });

  it("tell of a full disk and evict one by one", async () => {
    const { core, clock, pod, read, events, wrong } = open();
    const spec = { nodeName: "node-1", priority: 0 };
    pod("first", {}, { ...lasts("1h"), spec });
    await clock.advance(1000);
    pod("second", {}, { ...lasts("1h"), spec });
    await clock.advance(5000);
    wrong.add("disk-full");
    await clock.advance(5000);
    const pressure = () => conditionOf(core.read<Node>(nodeRef), "DiskPressure");
    expect(pressure()).toMatchObject({ status: "True", reason: "KubeletHasDiskPressure" });
    const message = "The node was low on resource: ephemeral-storage. ";
    expect(read("second").status).toMatchObject({ phase: "Failed", reason: "Evicted", message });
    expect(conditionOf(read("second"), "DisruptionTarget")).toMatchObject({ reason: "TerminationByKubelet" });
    expect(events("second")).toContain(`Evicted: ${message}`);
    expect(read("first").status?.phase).toBe("Running");
    await clock.advance(10_000);
    expect(read("first").status?.reason).toBe("Evicted");
    wrong.clear();
    await clock.advance(10_000);
    expect(pressure()).toMatchObject({ status: "False", lastTransitionTime: "2026-01-01T00:00:30Z" });
  });

  it("do not hide a slow pull", async () => {
    const { clock, pod, read, wrong } = open();
    wrong.add("pull");
    pod("sim", {}, lasts("1s"));
    await clock.advance(4999);
    expect(read("sim").status?.phase).toBe("Pending");
    await clock.advance(1);
    expect(read("sim").status?.phase).toBe("Running");
  });
});
