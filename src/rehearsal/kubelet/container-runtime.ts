import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { messageOf } from "../../kernel/failure.ts";
import { type ContainerSpec, containerName, passedEnvironment, runArguments } from "./container-arguments.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { containerEnvironment } from "./environment.ts";
import { gpusOf, writeGpuShim } from "./gpu-shim.ts";
import type { HostGpus } from "./host-gpus.ts";
import type { LaunchHost } from "./launch.ts";
import { record } from "./ledger.ts";
import type { LogStream } from "./log-lines.ts";
import type { LogWriter } from "./log-writer.ts";
import { makeMappedDirectories, pathMappings, podDirectory } from "./pod-paths.ts";
import { type ContainerRun, type Exit, exitOf, type RunningContainer, type Runtime, StartFailure } from "./runtime.ts";
import { makeVolumes } from "./volumes.ts";

export interface ContainerHost extends LaunchHost {
  /** Keeps the clock at real time; call the result to let go. */
  readonly hold: () => () => void;
  readonly gpus: HostGpus;
}

/**
 * A container in docker or podman: the manifest's image, isolated, limits enforced by the engine. The engine fetches a
 * missing image, which takes as long as it takes, on top of the simulated delay.
 */
export function containerRuntime(host: ContainerHost, engine: ContainerEngine): Runtime {
  return async (run) => {
    const release = host.hold();
    try {
      return await start(engine, await specOf(host, engine, run), run, release);
    } catch (error) {
      release();
      throw error instanceof StartFailure ? error : new StartFailure(messageOf(error), "CreateContainerError");
    }
  };
}

async function specOf(host: ContainerHost, engine: ContainerEngine, run: ContainerRun): Promise<ContainerSpec> {
  const { pod, container, node } = run;
  const mappings = pathMappings(host.dataDir, pod, container);
  makeVolumes(host.dataDir, pod, host.entries);
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

async function start(
  engine: ContainerEngine,
  spec: ContainerSpec,
  run: ContainerRun,
  release: () => void,
): Promise<RunningContainer> {
  // on record before it can exist; the client is in our group and ends with us, the container would not
  const forget = record(spec.dataDir, { engine: engine.command, environment: engine.environment, name: spec.name });
  const child = spawn(engine.command, runArguments(spec), {
    env: { ...passedEnvironment(spec), ...engine.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = endOf(child);
  await once(child, "spawn").catch((error: unknown) => {
    forget();
    throw error;
  });
  const log = run.openLog();
  const tail = { text: "" };
  const copied = Promise.all([
    copy(child.stdout, "stdout", log),
    copy(child.stderr, "stderr", log, (text) => {
      tail.text = (tail.text + text).slice(-1000);
    }),
  ]);
  const state = { stopped: false };
  const command = (...options: string[]) => {
    state.stopped = true;
    execFile(engine.command, options, { env: engine.environment, timeout: 15_000 }, () => {});
  };
  const finish = async (): Promise<Exit> => {
    const code = await ended;
    await copied;
    await log.close().catch(() => {});
    forget();
    release();
    return endReason(code, {
      stopped: state.stopped,
      limited: spec.container.resources?.limits?.["memory"],
      tail: tail.text,
    });
  };
  return {
    exited: finish(),
    terminate: () => command("kill", "--signal=TERM", spec.name),
    kill: () => command("rm", "--force", spec.name),
  };
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code ?? 137));
    child.on("error", () => {});
  });
}

/** With `--rm` nothing is left to ask why it was killed: a SIGKILL that we did not send, under a limit, is taken for the limit. */
function endReason(
  exitCode: number,
  seen: { readonly stopped: boolean; readonly limited: unknown; readonly tail: string },
): Exit {
  if (exitCode === 137 && !seen.stopped && seen.limited !== undefined) {
    return { exitCode, reason: "OOMKilled", message: `killed under a memory limit of ${seen.limited}` };
  }
  if (isClientFailure(exitCode, seen.tail)) return { exitCode, reason: "StartError", message: seen.tail.trim() };
  return exitOf(exitCode);
}

/** 125 is the client's own code; 126 and 127 it shares with shells, and then only its words tell. */
function isClientFailure(exitCode: number, tail: string): boolean {
  return exitCode === 125 || ((exitCode === 126 || exitCode === 127) && /OCI runtime|^docker: |^Error: /im.test(tail));
}

async function copy(from: Readable, stream: LogStream, log: LogWriter, seen?: (text: string) => void): Promise<void> {
  try {
    for await (const chunk of from) {
      seen?.((chunk as Buffer).toString());
      await log.write(stream, chunk as Buffer).catch(() => {});
    }
  } catch {
    // the client is gone
  }
}
