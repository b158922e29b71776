import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import { readProcesses } from "../../../src/rehearsal/kubelet/process-table.ts";
import { type World, world } from "./harness.ts";

let cluster: World;

beforeEach(() => {
  cluster = world();
});

afterEach(() => cluster.close());

/** Children of this very process that lead a group of their own, as pods' processes do. */
function children(): number[] {
  return readProcesses()
    .filter(({ pid, group, session }) => pid === group && pid === session && pid !== process.pid)
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !holds(); round += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("pods on a machine that fails", () => {
  it("leaves no process that is not recorded", async () => {
    writeFileSync(join(cluster.dataDir, "pids"), "not a folder");
    const before = children();
    cluster.pod("a", "sleep 60");
    const { status } = await cluster.end("a");
    expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ reason: "CreateContainerError" });
    const added = () => children().filter((pid) => !before.includes(pid));
    await eventually(() => added().length === 0);
    expect(added()).toEqual([]);
  });

  it("runs on without a log", async () => {
    writeFileSync(join(cluster.dataDir, "logs"), "not a folder");
    cluster.pod("a", "echo lost; exit 3");
    const { status } = await cluster.end("a");
    expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3 });
  });

  it("logs again when there is room", async () => {
    const folder = join(cluster.dataDir, "logs");
    writeFileSync(folder, "not a folder");
    const release = join(cluster.dataDir, "release");
    cluster.pod("a", `echo lost; while [ ! -e ${release} ]; do sleep 0.05; done; echo kept`);
    await cluster.until("a", (pod) => pod.status?.phase === "Running");
    rmSync(folder);
    mkdirSync(folder);
    writeFileSync(release, "");
    await cluster.end("a");
    expect(await cluster.logs("a")).toContain("kept");
  });

  it("takes a pipe for no last words", async () => {
    const env = [{ name: "WORDS", value: "/dev/termination-log" }];
    cluster.pod("a", { command: ["sh", "-c", 'rm "$WORDS"; mkfifo "$WORDS"; exit 4'], env });
    const { status } = await cluster.end("a");
    const ended = status?.containerStatuses?.[0]?.state?.terminated;
    expect(ended?.exitCode).toBe(4);
    expect(ended).not.toHaveProperty("message");
  });

  it("ends a command whose container just ended", async () => {
    const pod = cluster.pod("a", "sleep 60");
    await cluster.until("a", ({ status }) => status?.phase === "Running");
    const running = cluster.kubelet.running(pod.metadata.uid ?? "", "main");
    const starting = running?.exec(["sleep", "60"], {});
    running?.kill();
    const command = await starting;
    expect(await command?.exited).toBe(137);
  });
});

describe("a kubelet that fails at one container", () => {
  it("starts none of its pod again", async () => {
    await cluster.close();
    const random = seededRandom(3);
    let ids = 0;
    const uuid = () => {
      ids += 1;
      if (ids === 2) throw new Error("no more names");
      return random.uuid();
    };
    cluster = world({ random: { ...random, uuid } });
    const command = ["sh", "-c", "sleep 60"];
    const containers = ["one", "two"].map((name) => ({ name, image: "busybox:1.37", command }));
    cluster.pod("a", "", { spec: { restartPolicy: "Always", containers } });
    const { status } = await cluster.end("a");
    expect(status).toMatchObject({ phase: "Failed", reason: "KubeletError", message: "no more names" });
    await eventually(() => ids > 2);
    expect(ids).toBe(2);
    expect(cluster.problems).toEqual(["pod ml/a: no more names"]);
  });
});
