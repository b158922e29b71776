import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Container, Pod } from "../../../src/cluster/objects.ts";
import { passedEnvironment, runArguments } from "../../../src/rehearsal/kubelet/container-arguments.ts";
import { findEngine } from "../../../src/rehearsal/kubelet/container-engine.ts";
import { record } from "../../../src/rehearsal/kubelet/ledger.ts";
import { reap } from "../../../src/rehearsal/kubelet/reaper.ts";
import { type World, world } from "./harness.ts";

const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "train", namespace: "ml", uid: "u-1" } };
const main: Container = { name: "main", image: "cuda:12" };

function argumentsOf(container: Partial<Container>, more: Partial<Parameters<typeof runArguments>[0]> = {}): string[] {
  return runArguments({
    name: "aura-x",
    pod,
    container: { ...main, ...container },
    dataDir: "/d",
    environment: new Map(),
    mappings: [],
    gpus: 0,
    reserved: new Set(["PATH", "HOME"]),
    ...more,
  }).slice(1);
}

describe("arguments of a container", () => {
  it("runs the image, named, labelled and removed", () => {
    expect(argumentsOf({})).toEqual([
      "--rm",
      "--name=aura-x",
      "--hostname=train",
      "--label=aura.dev/rehearsal=/d",
      "--label=aura.dev/pod=ml/train",
      "--label=aura.dev/pod-uid=u-1",
      "cuda:12",
    ]);
  });

  it.each([
    [{ command: ["python", "-m", "x"], args: ["--y"] }, ["--entrypoint=python", "cuda:12", "-m", "x", "--y"]],
    [{ args: ["$(N)", "$$(N)"] }, ["cuda:12", "7", "$(N)"]],
    [{ workingDir: "/w" }, ["--workdir=/w", "cuda:12"]],
    [
      { resources: { limits: { cpu: "1500m", memory: "1Gi" } } },
      ["--cpus=1.5", "--memory=1073741824", "--memory-swap=1073741824", "cuda:12"],
    ],
    [{ securityContext: { runAsUser: 1000, runAsGroup: 100 } }, ["--user=1000:100", "cuda:12"]],
  ])("turns %j into options", (container, expected) => {
    const environment = new Map([["N", "7"]]);
    expect(argumentsOf(container, { environment }).slice(7)).toEqual(expected);
  });

  it("keeps values out of the command line", () => {
    const environment = new Map([
      ["TOKEN", "s3cret"],
      ["PATH", "/opt/bin"],
    ]);
    const options = argumentsOf({}, { environment });
    expect(options.filter((option) => option.startsWith("--env"))).toEqual(["--env=TOKEN", "--env=PATH=/opt/bin"]);
    expect(passedEnvironment({ environment, reserved: new Set(["PATH"]) } as never)).toEqual({ TOKEN: "s3cret" });
  });

  it("mounts folders, the shim and devices", () => {
    const mappings = [
      { path: "/outputs", directory: "/d/out", readOnly: false },
      { path: "/conf", directory: "/d/a,b", readOnly: true },
    ];
    const options = argumentsOf({}, { mappings, shim: "/d/smi", gpus: 2 });
    expect(options.filter((option) => /^--(mount|gpus)/.test(option))).toEqual([
      "--mount=type=bind,source=/d/out,target=/outputs",
      '--mount=type=bind,"source=/d/a,b",target=/conf,readonly',
      "--mount=type=bind,source=/d/smi,target=/usr/local/bin/nvidia-smi,readonly",
      "--gpus=2",
    ]);
  });
});

// Stands in for docker: `run` becomes the entrypoint as a child, and notes what it was told.
const fakeEngine = `#!/bin/sh
echo "$*" >> "$HOME/calls"
case $1 in
  version) [ -e "$HOME/down" ] && exit 1; echo 28.2.2 ;;
  run)
    for option; do case $option in --name=*) name=\${option#--name=} ;; esac; done
    echo $$ > "$HOME/$name.pid"
    echo "image says $TOKEN"
    case "$*" in *oom*) kill -KILL $$ ;; *fail*) exit 5 ;; *missing*) echo 'docker: no such image' >&2; exit 125 ;; *forever*) exec sleep 60 ;; esac ;;
  kill) kill -TERM "$(cat "$HOME/$3.pid")" ;;
  rm) [ -e "$HOME/$3.pid" ] && kill -KILL "$(cat "$HOME/$3.pid")" 2>/dev/null && echo "$3"; true ;;
esac
`;

describe("pods as containers", () => {
  let home: string;
  let hostEnv: Record<string, string>;
  let opened: World | undefined;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "aura-engine-"));
    mkdirSync(join(home, "bin"));
    writeFileSync(join(home, "bin", "docker"), fakeEngine);
    chmodSync(join(home, "bin", "docker"), 0o755);
    hostEnv = { PATH: `${home}/bin:/usr/bin:/bin`, HOME: home, HOST_SECRET: "hunter2" };
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
    rmSync(home, { recursive: true, force: true });
  });

  const open = () => {
    opened = world({ runtime: "auto", hostEnv });
    return opened;
  };
  const calls = () => readFileSync(join(home, "calls"), "utf8");

  it("finds an engine only if it answers", async () => {
    expect(await findEngine(hostEnv)).toMatchObject({ name: "docker", environment: { HOME: home } });
    expect((await findEngine(hostEnv))?.environment).not.toHaveProperty("HOST_SECRET");
    writeFileSync(join(home, "down"), "");
    expect(await findEngine({ ...hostEnv, PATH: `${home}/bin:/bin` })).toBeUndefined();
  });

  it.each([
    ["ok", {}, { exitCode: 0, reason: "Completed" }],
    ["fail", {}, { exitCode: 5, reason: "Error" }],
    ["oom", { resources: { limits: { memory: "1Gi" } } }, { exitCode: 137, reason: "OOMKilled" }],
    ["oom", {}, { exitCode: 137, reason: "Error" }],
    ["missing", {}, { exitCode: 125, reason: "StartError", message: "docker: no such image" }],
  ])("reports how an image ended: %s %j", async (arg, container, expected) => {
    const { pod, end, logs, dataDir } = open();
    pod("one", { image: "img", args: [arg], env: [{ name: "TOKEN", value: "t0ken" }], ...container });
    const ended = await end("one");
    expect(ended.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject(expected);
    expect(await logs("one")).toContain("image says t0ken\n");
    expect(calls()).not.toContain("t0ken");
    expect(calls()).toContain(`--name=aura-${ended.metadata.uid}-main-0`);
    expect(existsSync(join(dataDir, "pids", `aura-${ended.metadata.uid}-main-0.json`))).toBe(false);
  });

  it("stops a container through its engine", async () => {
    const { pod, logs, core, until } = open();
    const { metadata } = pod("long", { image: "img", args: ["forever"] });
    const ended = until("long", (found) => found.status?.containerStatuses?.[0]?.state?.terminated !== undefined);
    while (!(await logs("long")).includes("image says")) await wait(5);
    core.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: "long", namespace: "ml" } });
    await ended;
    expect(calls()).toContain(`kill --signal=TERM aura-${metadata.uid}-main-0`);
  });

  it("removes containers of a server that crashed", async () => {
    const dataDir = join(home, "data");
    writeFileSync(join(home, "aura-left.pid"), "999999999");
    record(dataDir, { engine: "docker", environment: hostEnv, name: "aura-left" });
    expect(await reap(dataDir)).toEqual({ killed: 0 });
    expect(calls()).toContain("rm --force aura-left");
    expect(existsSync(join(dataDir, "pids", "aura-left.json"))).toBe(false);
    record(dataDir, { engine: "/bin/false", environment: {}, name: "aura-kept" });
    await reap(dataDir);
    expect(existsSync(join(dataDir, "pids", "aura-kept.json"))).toBe(true);
  });
});
