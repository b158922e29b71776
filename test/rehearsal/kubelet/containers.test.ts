import { describe, expect, it } from "vitest";

import type { ConfigMap, Pod } from "../../../src/cluster/objects.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { survivors } from "../../../src/rehearsal/kubelet/reaper.ts";
import { type World, type WorldOptions, world } from "./harness.ts";
import { opener } from "./opener.ts";

const open = opener(world);

const terminatedOf = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state?.terminated;
const podRef = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "ml" } };
const sh = (script: string) => ["sh", "-c", script];

async function untilLog({ logs }: World, text: string): Promise<void> {
  for (let round = 0; round < 1000 && !(await logs("p")).includes(text); round += 1) await new Promise(setImmediate);
}

describe("containers of a pod", () => {
  it("keep running when one of them ends", async () => {
    const { pod, end } = open();
    const containers = [
      { name: "short", image: "i:1", command: sh("true") },
      { name: "long", image: "i:1", command: sh("sleep 0.5; exit 4") },
    ];
    pod("p", "", { spec: { containers } });
    const codes = (await end("p")).status?.containerStatuses?.map(({ state }) => state?.terminated?.exitCode);
    expect(codes).toEqual([0, 4]);
  });

  it("wait for an entry that comes later", async () => {
    const clock = manualClock();
    const { pod, core, read, events, end } = open({ clock } as WorldOptions);
    const configMapKeyRef = { name: "settings", key: "lr" };
    pod("p", { command: sh('[ "$LR" = 0.1 ]'), env: [{ name: "LR", valueFrom: { configMapKeyRef } }] });
    await clock.advance(0);
    const waiting = () => read("p").status?.containerStatuses?.[0]?.state?.waiting;
    for (let round = 0; round < 100 && waiting()?.reason === "ContainerCreating"; round += 1) await clock.advance(0);
    expect(waiting()).toEqual({ reason: "CreateContainerConfigError", message: 'configmap "settings" not found' });
    expect(events("p")).toContain('Failed: Error: configmap "settings" not found');
    const metadata = { name: "settings", namespace: "ml" };
    core.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { lr: "0.1" } } as ConfigMap);
    await clock.advance(10_000);
    expect((await end("p")).status?.phase).toBe("Succeeded");
  });

  it("may have sidecars that end after them", async () => {
    const made = open();
    const { pod, end, events } = made;
    const sidecar = {
      name: "side",
      image: "i:1",
      restartPolicy: "Always",
      command: sh('trap "exit 0" TERM; while :; do sleep 0.01; done'),
    };
    pod("p", "exit 0", { spec: { initContainers: [sidecar] } });
    const { status } = await end("p");
    expect(status?.phase).toBe("Succeeded");
    expect(status?.initContainerStatuses?.[0]).toMatchObject({ restartCount: 0, state: { terminated: {} } });
    expect(status?.conditions?.find(({ type }) => type === "Initialized")?.status).toBe("True");
    expect(events("p").filter((event) => event.startsWith("Started"))).toHaveLength(2);
    expect(survivors(made.dataDir)).toEqual([]);
  });

  it("have ended when their sidecar is asked to", async () => {
    const made = open();
    const volumeMounts = [{ name: "data", mountPath: "/data" }];
    const beside = (script: string) => ({
      image: "i:1",
      command: sh(script),
      env: [{ name: "DATA", value: "/data" }],
      volumeMounts,
    });
    const sidecar = beside("trap 'cat \"$DATA/saved\"; exit 0' TERM; while :; do sleep 0.01; done");
    const main = beside(
      "trap 'sleep 0.3; echo saved > \"$DATA/saved\"; exit 0' TERM; echo begun; while :; do sleep 0.01; done",
    );
    const { metadata } = made.pod("p", "", {
      spec: {
        volumes: [{ name: "data", emptyDir: {} }],
        initContainers: [{ name: "side", restartPolicy: "Always", ...sidecar }],
        containers: [{ name: "main", ...main }],
      },
    });
    await untilLog(made, "begun");
    const sideOf = (found: Pod) => found.status?.initContainerStatuses?.[0]?.state?.terminated;
    const ended = made.until("p", (found) => sideOf(found) !== undefined);
    made.core.delete(podRef);
    await ended;
    let text = "";
    const request = { namespace: "ml", pod: "p", uid: metadata.uid ?? "", container: "side" };
    for await (const chunk of made.kubelet.logs.read(request)) text += chunk;
    // the shell may tell that its child was terminated, too
    expect(text).toMatch(/^(Terminated\n)?saved\n$/);
  });

  it("leave a message at terminationMessagePath", async () => {
    const { pod, end } = open();
    pod("p", { command: ["sh", "-c", 'printf "no data" > "$0"; exit 1', "/dev/termination-log"] });
    expect(terminatedOf(await end("p"))).toMatchObject({ exitCode: 1, reason: "Error", message: "no data" });
  });

  it.each([
    ["exit 1", "line 90\n"],
    ["exit 0", undefined],
  ])("fall back to their log after %s", async (ending, last) => {
    const { pod, end } = open();
    const command = sh(`for i in $(seq 90); do echo line $i; done; ${ending}`);
    pod("p", { command, terminationMessagePolicy: "FallbackToLogsOnError" });
    const message = terminatedOf(await end("p"))?.message;
    expect(message?.slice(-8)).toBe(last);
    if (message !== undefined) expect(message.split("\n")).toHaveLength(81);
  });

  it("run their hooks", async () => {
    const made = open();
    const { pod, core, logs, until } = made;
    const lifecycle = {
      postStart: { exec: { command: sh("touch hooked") } },
      preStop: { exec: { command: sh("touch stopping") } },
    };
    const loop =
      'trap "ls; exit 0" TERM; until [ -e hooked ]; do sleep 0.01; done; echo up; while :; do sleep 0.01; done';
    const { metadata } = pod("p", { command: sh(loop), lifecycle });
    await untilLog(made, "up");
    const ended = until("p", (found) => terminatedOf(found) !== undefined);
    core.delete(podRef);
    await ended;
    let text = "";
    const request = { namespace: "ml", pod: "p", uid: metadata.uid ?? "", container: "main" };
    for await (const chunk of made.kubelet.logs.read(request)) text += chunk;
    expect(text).toContain("hooked\nstopping\n");
    expect(logs).toBeDefined();
  });

  it("are killed when their postStart fails", async () => {
    const { pod, end, events } = open();
    pod("p", { command: sh("sleep 300"), lifecycle: { postStart: { exec: { command: sh("exit 3") } } } });
    expect(terminatedOf(await end("p"))?.exitCode).toBe(137);
    expect(events("p")).toContain("FailedPostStartHook: PostStartHook failed: command exited with 3");
  });
});
