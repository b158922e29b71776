import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { Duplex, Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

import { identify, type ProcessIdentity } from "../../kernel/processes.ts";
import type { Launch } from "./launch.ts";
import { bootId, type GroupRecord, record } from "./ledger.ts";
import type { LogStream } from "./log-lines.ts";
import type { LogWriter } from "./log-writer.ts";
import { outputPipes } from "./pipes.ts";
import { killGroup, sendSignal } from "./process-group.ts";
import { type ContainerRun, type ExecProcess, type ExecStreams, StartFailure } from "./runtime.ts";

/** A process that was started for a pod, leader of a group of its own. */
export interface PodProcess extends ExecProcess {
  readonly group: GroupRecord;
  /** The exit code of the leader; others of its group may still run. */
  readonly ended: Promise<number>;
  signal(name: NodeJS.Signals): void;
}

export interface ProcessPlace {
  readonly dataDir: string;
  /** The pod's folder. */
  readonly directory: string;
  /** This process's alone, and put into its environment: what carries it there is killed with it. */
  readonly mark?: string;
}

/**
 * Waits for a line on descriptor 3 before it becomes the command: by then the process is on record. A server that dies
 * in between closes the descriptor, and the command never runs.
 */
const gate = "read -r go <&3 || exit 125; ";
const plain = `${gate}exec 3<&-; exec "$@"`;
/** As for output, input has to be a pipe: one that the shell makes. The end of descriptor 3 tells that it is not read any more. */
const withInput = `${gate}cat <&4 3<&- | { exec 4<&-; "$@" 3<&-; exit $?; } & exec 3<&- 4<&-; wait $!`;

/** Starts a command in a process group of its own, on record before it can do anything. */
export async function startProcess(
  { dataDir, directory, mark }: ProcessPlace,
  launch: Launch,
  { stdin = false }: ExecStreams = {},
): Promise<PodProcess> {
  const { stdout, stderr } = await outputPipes(directory);
  const theirs = [stdout.theirs, stderr.theirs] as const;
  let child: ChildProcess | undefined;
  try {
    child = spawn("/bin/sh", ["-c", stdin ? withInput : plain, "sh", ...oddVariables(launch), ...launch.argv], {
      cwd: launch.directory,
      env: { ...launch.environment, ...(mark && { AURA_RUN: mark }) },
      detached: true,
      stdio: ["ignore", ...theirs, "pipe", stdin ? "pipe" : "ignore"],
    });
    const ended = endOf(child);
    await once(child, "spawn");
    const group = { ...identityOf(child), boot: bootId(), ...(mark && { mark }) };
    const forget = record(dataDir, group);
    lowerPriority(group.pid);
    openGate(child);
    const streams = { ...(stdin && { stdin: inputOf(child) }), stdout: stdout.ours, stderr: stderr.ours };
    return { ...streams, ...lifeOf(group, ended, forget) };
  } catch (error) {
    // it waits at the gate, on no record
    child?.kill("SIGKILL");
    for (const { ours } of [stdout, stderr]) ours.destroy();
    throw error;
  } finally {
    for (const fd of theirs) closeSync(fd);
  }
}

/** Ends a process with all that it left in its group. */
function lifeOf(group: GroupRecord, ended: Promise<number>, forget: () => void) {
  let over = false;
  const finish = async () => {
    const code = await ended;
    over = true;
    await killGroup(group, { trusted: true });
    forget();
    return code;
  };
  const signal = (name: NodeJS.Signals) => {
    if (!over) sendSignal(-group.pid, name);
  };
  return { group, ended, exited: finish(), signal, kill: () => signal("SIGKILL") };
}

/**
 * Starts a container's process, its output going to the log of its run. `logged` ends that: call it when nothing of
 * the process runs any more. `seen` is told what comes on stderr.
 */
export async function startLogged(
  place: ProcessPlace,
  launch: Launch,
  run: ContainerRun,
  seen?: (text: string) => void,
): Promise<PodProcess & { readonly logged: () => Promise<void> }> {
  const child = await startProcess(place, launch);
  const log = run.openLog();
  const copied = Promise.all([copyOutput(child.stdout, "stdout", log), copyOutput(child.stderr, "stderr", log, seen)]);
  const logged = async () => {
    // a process that escaped may keep the pipe open for ever
    await Promise.race([copied, wait(1000, undefined, { ref: false })]);
    for (const reader of [child.stdout, child.stderr]) reader.destroy();
    await log.close().catch(() => {});
  };
  return { ...child, logged };
}

/** What the log cannot take is dropped, so that the process does not hang on a full pipe. */
async function copyOutput(
  from: Readable,
  stream: LogStream,
  log: LogWriter,
  seen?: (text: string) => void,
): Promise<void> {
  try {
    for await (const chunk of from) {
      seen?.((chunk as Buffer).toString());
      await log.write(stream, chunk as Buffer).catch(() => {});
    }
  } catch {
    // the reader was destroyed: the process is over
  }
}

/** Where the commands of one container's execs are started and kept until they end or the container does. */
export function execProcesses(place: ProcessPlace, launchOf: (command: readonly string[], tty: boolean) => Launch) {
  const running = new Set<PodProcess>();
  let started = 0;
  let isOver = false;
  return {
    async exec(command: readonly string[], { stdin = false, tty = false }: ExecStreams): Promise<ExecProcess> {
      started += 1;
      const own = { ...place, ...(place.mark && { mark: `${place.mark}/exec-${started}` }) };
      const hasTerminal = tty && existsSync(terminalProgram);
      const launch = launchOf(command, hasTerminal);
      const argv = hasTerminal ? inTerminal(launch.argv) : launch.argv;
      const child = await startProcess(own, { ...launch, argv }, { stdin });
      // its container ended while it was being started
      if (isOver) child.kill();
      running.add(child);
      void child.exited.then(() => running.delete(child));
      if (tty && !hasTerminal) child.stderr.unshift(Buffer.from(noTerminal));
      return child;
    },
    killAll() {
      isOver = true;
      for (const child of running) child.kill();
    },
  };
}

/** Node has no pseudo-terminals of its own; util-linux' `script` gives one. */
const terminalProgram = "/usr/bin/script";
const noTerminal = "warning: no terminal here (util-linux' script is not installed); going on without one\r\n";

function inTerminal(argv: readonly string[]): string[] {
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return [terminalProgram, "--quiet", "--return", "--command", `exec ${quoted}`, "/dev/null"];
}

/** A shell drops variables it could not name itself; env gives them back. */
function oddVariables({ environment }: Launch): string[] {
  const odd = Object.entries(environment).filter(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  return odd.length === 0 ? [] : ["env", ...odd.map(([name, value]) => `${name}=${value}`)];
}

function identityOf({ pid = 0 }: ChildProcess): ProcessIdentity {
  const identity = identify(pid);
  if (identity === undefined) throw new StartFailure("the process ended before it was let go", "CreateContainerError");
  return identity;
}

/** The exit code, 128 and the signal's number for one that was killed. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
    child.on("error", () => {});
  });
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

function openGate(child: ChildProcess): void {
  const input = child.stdio[3] as Writable;
  input.on("error", () => {});
  input.end("go\n");
}

function inputOf({ stdio }: ChildProcess): Writable {
  const [, , , opener, input] = stdio as [unknown, unknown, unknown, Duplex, Writable];
  opener.resume().once("close", () => input.destroy());
  input.on("error", () => {});
  return input;
}
