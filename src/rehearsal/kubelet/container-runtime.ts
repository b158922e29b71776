import { execFile } from "node:child_process";
import { join } from "node:path";

import { type ContainerSpec, containerName, passedEnvironment, runArguments } from "./container-arguments.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { containerEnvironment } from "./environment.ts";
import { gpusOf, writeGpuShim } from "./gpu-shim.ts";
import type { LaunchHost } from "./launch.ts";
import { record } from "./ledger.ts";
import { makeMappedDirectories, pathMappings, podDirectory } from "./pod-paths.ts";
import { execProcesses, startLogged } from "./pod-process.ts";
import { type ContainerRun, type Exit, exitOf, type RunningContainer, type Runtime, startHeld } from "./runtime.ts";
import { makeVolumes } from "./volumes.ts";

/**
 * A container in docker or podman: the manifest's image, isolated, limits enforced by the engine. The engine fetches a
 * missing image, which takes as long as it takes, on top of the simulated delay.
 */
export function containerRuntime(host: LaunchHost, engine: ContainerEngine): Runtime {
  return {
    survives: false,
    mount: (pod, node) => makeVolumes(host, pod, node),
    start: (run) => startHeld(host.hold, async () => start(engine, await specOf(host, engine, run), run)),
  };
}

async function specOf(host: LaunchHost, engine: ContainerEngine, run: ContainerRun): Promise<ContainerSpec> {
  const { pod, container, node } = run;
  const mappings = pathMappings(host.dataDir, pod, container);
  makeMappedDirectories(mappings);
  const real = await host.gpus.count();
  const asked = gpusOf(container);
  const shim = real === 0 && asked > 0 ? join(podDirectory(host.dataDir, pod), "_bin", container.name) : undefined;
  return {
    name: containerName(pod, container.name, run.restart),
    pod,
    container,
    dataDir: host.dataDir,
    environment: containerEnvironment({ pod, node, container, entries: host.entries }),
    mappings,
    gpus: Math.min(real, asked),
    reserved: new Set(Object.keys(engine.environment)),
    ...(shim === undefined ? {} : { shim: writeGpuShim(shim, host.gpuOf(node), asked) }),
  };
}

async function start(engine: ContainerEngine, spec: ContainerSpec, run: ContainerRun): Promise<RunningContainer> {
  const { dataDir, name, pod, container } = spec;
  const directory = podDirectory(dataDir, pod);
  // unmarked: podman leaves a monitor behind that must outlive the client
  const place = { dataDir, directory };
  const client = (environment: Readonly<Record<string, string>>, ...options: string[]) => ({
    argv: [engine.command, ...options],
    environment,
    directory,
  });
  // an engine lets a command go on when its client ends; the container's end is its end
  const execs = execProcesses(place, (command, tty) =>
    client(engine.environment, "exec", "--interactive", ...(tty ? ["--tty"] : []), name, ...command),
  );
  // on record before it can exist: the client ends with us, the container would not
  const forget = record(dataDir, { engine: engine.command, environment: engine.environment, name });
  const variables = { ...passedEnvironment(spec), ...engine.environment };
  const seen = { stopped: false, tail: "" };
  const child = await startLogged(place, client(variables, ...runArguments(spec)), run, (text) => {
    seen.tail = (seen.tail + text).slice(-1000);
  }).catch((error: unknown) => {
    forget();
    throw error;
  });
  const stopBy = (...options: string[]) => {
    seen.stopped = true;
    execFile(engine.command, options, { env: engine.environment, timeout: 15_000 }, () => {});
  };
  const finish = async (): Promise<Exit> => {
    const code = await child.exited;
    execs.killAll();
    await child.logged();
    forget();
    return endReason(code, { ...seen, limit: container.resources?.limits?.["memory"] });
  };
  return {
    exited: finish(),
    terminate: () => stopBy("kill", "--signal=TERM", name),
    kill: () => stopBy("rm", "--force", name),
    exec: execs.exec,
  };
}

/** With `--rm` nothing is left to ask why it was killed: a SIGKILL that we did not send, under a limit, is taken for the limit. */
function endReason(
  exitCode: number,
  seen: { readonly stopped: boolean; readonly limit: unknown; readonly tail: string },
): Exit {
  if (exitCode === 137 && !seen.stopped && seen.limit !== undefined) {
    return { exitCode, reason: "OOMKilled", message: `killed under a memory limit of ${seen.limit}` };
  }
  if (isClientFailure(exitCode, seen.tail)) return { exitCode, reason: "StartError", message: seen.tail.trim() };
  return exitOf(exitCode);
}

/** 125 is the client's own code; 126 and 127 it shares with shells, and then only its words tell. */
function isClientFailure(exitCode: number, tail: string): boolean {
  return exitCode === 125 || ((exitCode === 126 || exitCode === 127) && /OCI runtime|^docker: |^Error: /im.test(tail));
}
