import { setTimeout as wait } from "node:timers/promises";

import { parseQuantity } from "../../kernel/quantity.ts";
import { gpusOf } from "./gpu-shim.ts";
import type { HostGpus } from "./host-gpus.ts";
import { type LaunchHost, prepareLaunch } from "./launch.ts";
import type { GroupRecord } from "./ledger.ts";
import { podDirectory } from "./pod-paths.ts";
import { copyOutput, execProcesses, startProcess } from "./pod-process.ts";
import { killGroup } from "./process-group.ts";
import { type ContainerRun, type Exit, exitOf, type RunningContainer, type Runtime, startHeld } from "./runtime.ts";
import type { UsageSampler } from "./usage.ts";
import { makeVolumes } from "./volumes.ts";

export interface ProcessHost extends LaunchHost {
  /** Keeps the clock at real time; call the result to let go. */
  readonly hold: () => () => void;
  readonly gpus: HostGpus;
  readonly sampler: UsageSampler;
}

/**
 * A container as a process of this machine: its own process group, folder and environment, lower priority, and first
 * in line when memory runs out. Not isolated: it sees this machine's files and network as its user does.
 * limits.memory is checked twice a second; limits.cpu is not enforced.
 */
export function processRuntime(host: ProcessHost): Runtime {
  return {
    survives: false,
    mount: (pod, node) => makeVolumes(host, pod, node),
    start: (run) => startHeld(host.hold, () => start(host, run)),
  };
}

async function start(host: ProcessHost, run: ContainerRun): Promise<RunningContainer> {
  const launch = prepareLaunch(host, run, await host.gpus.count());
  const directory = podDirectory(host.dataDir, run.pod);
  const place = { dataDir: host.dataDir, directory, mark: `${directory}/${run.container.name}/${run.restart}` };
  const execs = execProcesses(place, (command) => ({ ...launch, argv: launch.resolve(command) }));
  const child = await startProcess(place, launch);
  const log = run.openLog();
  const copied = Promise.all([copyOutput(child.stdout, "stdout", log), copyOutput(child.stderr, "stderr", log)]);
  const state: { outOfMemory?: string } = {};
  const untrack = track(host, run, child.group, state);

  const finish = async (): Promise<Exit> => {
    await child.ended;
    untrack();
    execs.killAll();
    const code = await child.exited;
    // a process that escaped may keep the pipe open for ever
    await Promise.race([copied, wait(1000, undefined, { ref: false })]);
    for (const reader of [child.stdout, child.stderr]) reader.destroy();
    await log.close().catch(() => {});
    if (state.outOfMemory === undefined) return exitOf(code);
    return { exitCode: 137, reason: "OOMKilled", message: state.outOfMemory };
  };
  return { exited: finish(), terminate: () => child.signal("SIGTERM"), kill: child.kill, exec: execs.exec };
}

function track(host: ProcessHost, run: ContainerRun, group: GroupRecord, state: { outOfMemory?: string }): () => void {
  const limit = run.container.resources?.limits?.["memory"];
  const limitMib = limit === undefined ? undefined : parseQuantity(limit) / 2 ** 20;
  return host.sampler.track({
    pod: run.pod,
    group,
    gpus: gpusOf(run.container),
    ...(limitMib === undefined ? {} : { limitMib }),
    outOfMemory(usedMib) {
      state.outOfMemory = `used ${Math.round(usedMib)} MiB of a limit of ${Math.round(limitMib ?? 0)} MiB`;
      void killGroup(group);
    },
  });
}
