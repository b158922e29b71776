import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

import type { Pod } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import { identify } from "../../kernel/processes.ts";
import { parseQuantity } from "../../kernel/quantity.ts";
import { gpusOf } from "./gpu-shim.ts";
import type { HostGpus } from "./host-gpus.ts";
import { type Launch, type LaunchHost, prepareLaunch } from "./launch.ts";
import { bootId, type GroupRecord, record } from "./ledger.ts";
import type { LogStream } from "./log-lines.ts";
import type { LogWriter } from "./log-writer.ts";
import { type OutputPipe, outputPipes } from "./output-pipe.ts";
import { podDirectory } from "./pod-paths.ts";
import { killGroup, sendSignal } from "./process-group.ts";
import { type ContainerRun, type Exit, exitOf, type RunningContainer, type Runtime, StartFailure } from "./runtime.ts";
import type { UsageSampler } from "./usage.ts";

export interface ProcessHost extends LaunchHost {
  /** Keeps the clock at real time; call the result to let go. */
  readonly hold: () => () => void;
  readonly gpus: HostGpus;
  readonly sampler: UsageSampler;
}

/**
 * Waits for a line on descriptor 3 before it becomes the pod's command: by then the process is on record. A server
 * that dies in between closes the descriptor, and the command never runs.
 */
const gate = 'read -r go <&3 || exit 125; exec 3<&-; exec "$@"';

/**
 * A container as a process of this machine: its own process group, folder and environment, lower priority, and first
 * in line when memory runs out. Not isolated: it sees this machine's files and network as its user does.
 * limits.memory is checked twice a second; limits.cpu is not enforced.
 */
export function processRuntime(host: ProcessHost): Runtime {
  return async (run) => {
    const release = host.hold();
    try {
      const launch = prepareLaunch(host, run, await host.gpus.count());
      return await start(host, run, launch, release);
    } catch (error) {
      release();
      throw error instanceof StartFailure ? error : new StartFailure(messageOf(error), "CreateContainerError");
    }
  };
}

async function start(
  host: ProcessHost,
  run: ContainerRun,
  launch: Launch,
  release: () => void,
): Promise<RunningContainer> {
  const directory = podDirectory(host.dataDir, run.pod);
  const pipes = await outputPipes(directory);
  const child = spawnGated(launch, pipes);
  const ended = endOf(child);
  await once(child, "spawn");
  const group = identityOf(child, run.pod, directory);
  const forget = record(host.dataDir, group);
  lowerPriority(group.pid);
  const log = run.openLog();
  const copied = Promise.all([copy(pipes.stdout, "stdout", log), copy(pipes.stderr, "stderr", log)]);
  const state: { outOfMemory?: string } = {};
  const untrack = track(host, run, group, state);
  openGate(child);

  const finish = async (): Promise<Exit> => {
    const code = await ended;
    untrack();
    await killGroup(group, { trusted: true });
    // a process that escaped may keep the pipe open for ever
    await Promise.race([copied, wait(1000, undefined, { ref: false })]);
    for (const { reader } of [pipes.stdout, pipes.stderr]) reader.destroy();
    await log.close().catch(() => {});
    forget();
    release();
    if (state.outOfMemory === undefined) return exitOf(code);
    return { exitCode: 137, reason: "OOMKilled", message: state.outOfMemory };
  };
  let over = false;
  const signal = (name: NodeJS.Signals) => {
    if (!over) sendSignal(-group.pid, name);
  };
  void ended.then(() => {
    over = true;
  });
  return { exited: finish(), terminate: () => signal("SIGTERM"), kill: () => signal("SIGKILL") };
}

function spawnGated(launch: Launch, pipes: { readonly stdout: OutputPipe; readonly stderr: OutputPipe }): ChildProcess {
  // a shell drops variables it could not name itself; env gives them back
  const odd = Object.entries(launch.environment).filter(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  const prefix = odd.length === 0 ? [] : ["env", ...odd.map(([name, value]) => `${name}=${value}`)];
  try {
    return spawn("/bin/sh", ["-c", gate, "sh", ...prefix, ...launch.argv], {
      cwd: launch.directory,
      env: launch.environment,
      detached: true,
      stdio: ["ignore", pipes.stdout.writeFd, pipes.stderr.writeFd, "pipe"],
    });
  } finally {
    pipes.stdout.closeWriter();
    pipes.stderr.closeWriter();
  }
}

/** The exit code, 128 and the signal's number for one that was killed. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
    child.on("error", () => {});
  });
}

function identityOf(child: ChildProcess, pod: Pod, podDirectory: string): GroupRecord {
  const identity = identify(child.pid ?? 0);
  if (identity === undefined) throw new StartFailure("the process ended before it was let go", "CreateContainerError");
  return { ...identity, boot: bootId(), podUid: pod.metadata.uid ?? "", podDirectory };
}

/** Best effort: a rehearsal should leave the machine usable, and lose its own processes first. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 5);
    writeFileSync(`/proc/${pid}/oom_score_adj`, "500");
  } catch {
    // not Linux, or not allowed here
  }
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

function openGate(child: ChildProcess): void {
  const input = child.stdio[3] as Writable;
  input.on("error", () => {});
  input.end("go\n");
}

/** What the log cannot take is dropped, so that the process does not hang on a full pipe. */
async function copy(pipe: OutputPipe, stream: LogStream, log: LogWriter): Promise<void> {
  try {
    for await (const chunk of pipe.reader) await log.write(stream, chunk as Buffer).catch(() => {});
  } catch {
    // the reader was destroyed: the process is over
  }
}
