import type { Readable, Writable } from "node:stream";

import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { LogWriter } from "./log-writer.ts";

/** A container of a pod on its node. */
export interface Placed {
  readonly pod: Pod;
  readonly node: Node;
  readonly container: Container;
}

/** One run of one container. */
export interface ContainerRun extends Placed {
  /** 0 at first, then one more with each restart. */
  readonly restart: number;
  /** When it began, of a run that goes on after the server was started again. */
  readonly sinceMs?: number;
  /** Opens this run's log; a runtime that has no output does not call it. */
  readonly openLog: () => LogWriter;
}

/** How a container ended. */
export interface Exit {
  readonly exitCode: number;
  /** As in a container's status: Completed, Error, OOMKilled, StartError, … */
  readonly reason: string;
  readonly message?: string;
}

/** A command in a container that runs, as `kubectl exec` starts it. */
export interface ExecProcess {
  /** Absent when it was not asked for. */
  readonly stdin?: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit code, when nothing of it runs any more; output may still wait to be read. */
  readonly exited: Promise<number>;
  kill(): void;
}

export interface ExecStreams {
  readonly stdin?: boolean;
  /** A terminal: all output comes on stdout. */
  readonly tty?: boolean;
}

export interface RunningContainer {
  /** Resolves when nothing of it runs any more and its log is complete; never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to end: SIGTERM. */
  terminate(): void;
  /** Ends it: SIGKILL, children included. */
  kill(): void;
  /** Runs one more command in it, which ends with it. Rejects with a `StartFailure`. */
  exec(command: readonly string[], streams: ExecStreams): Promise<ExecProcess>;
}

/** A container that runs now, of the pod with this uid. */
export type FindContainer = (uid: string, container: string) => RunningContainer | undefined;

/** How containers are run. Both functions throw a `StartFailure` when they cannot do it. */
export interface Runtime {
  /** Makes the pod's volumes. */
  mount(pod: Pod, node: Node): void;
  start(run: ContainerRun): Promise<RunningContainer>;
  /** Whether a run goes on when the server ends and is started again. */
  readonly survives: boolean;
}

/** A container that could not be started, as its status will say it (reason `StartError`, exit code 128). */
export class StartFailure extends Error {
  readonly reason: string;

  constructor(message: string, reason = "StartError") {
    super(message);
    this.name = "StartFailure";
    this.reason = reason;
  }
}

/** Something the pod refers to is not there, or not yet: its container waits until it is, as in Kubernetes. */
export function configFailure(message: string): StartFailure {
  return new StartFailure(message, "CreateContainerConfigError");
}

/** Starts a container of real processes: the clock keeps to real time (`hold`) until it has ended. */
export async function startHeld(
  hold: () => () => void,
  start: () => Promise<RunningContainer>,
): Promise<RunningContainer> {
  const release = hold();
  try {
    const running = await start();
    void running.exited.then(release);
    return running;
  } catch (error) {
    release();
    throw error instanceof StartFailure ? error : new StartFailure(messageOf(error), "CreateContainerError");
  }
}

/** What an exit code means when nothing more is known. */
export function exitOf(exitCode: number): Exit {
  return { exitCode, reason: exitCode === 0 ? "Completed" : "Error" };
}
