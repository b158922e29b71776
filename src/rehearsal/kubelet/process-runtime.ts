import { type LaunchHost, prepareLaunch } from "./launch.ts";
import { podDirectory } from "./pod-paths.ts";
import { execProcesses, startLogged } from "./pod-process.ts";
import { killGroup } from "./process-group.ts";
import { type ContainerRun, type Exit, exitOf, type RunningContainer, type Runtime, startHeld } from "./runtime.ts";
import type { UsageSampler } from "./usage.ts";
import { makeVolumes } from "./volumes.ts";

export interface ProcessHost extends LaunchHost {
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
  const child = await startLogged(place, launch, run);
  let outOfMemory: string | undefined;
  const untrack = host.sampler.track({
    ...run,
    group: child.group,
    outOfMemory(usedMib, limitMib) {
      outOfMemory = `used ${Math.round(usedMib)} MiB of a limit of ${Math.round(limitMib)} MiB`;
      void killGroup(child.group);
    },
  });
  const finish = async (): Promise<Exit> => {
    await child.ended;
    untrack();
    execs.killAll();
    const code = await child.exited;
    await child.logged();
    return outOfMemory === undefined ? exitOf(code) : { exitCode: 137, reason: "OOMKilled", message: outOfMemory };
  };
  return { exited: finish(), terminate: () => child.signal("SIGTERM"), kill: child.kill, exec: execs.exec };
}
