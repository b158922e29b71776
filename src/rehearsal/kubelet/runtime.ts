import type { Container, Node, Pod } from "../../cluster/objects.ts";
import type { LogWriter } from "./log-writer.ts";

/** One run of one container. */
export interface ContainerRun {
  readonly pod: Pod;
  readonly node: Node;
  readonly container: Container;
  /** 0 at first, then one more with each restart. */
  readonly restart: number;
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

export interface RunningContainer {
  /** Resolves when nothing of it runs any more and its log is complete; never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to end: SIGTERM. */
  terminate(): void;
  /** Ends it: SIGKILL, children included. */
  kill(): void;
}

/** Starts a container. Rejects with a `StartFailure` when it cannot be started. */
export type Runtime = (run: ContainerRun) => Promise<RunningContainer>;

/** A container that could not be started, as its status will say it (reason `StartError`, exit code 128). */
export class StartFailure extends Error {
  readonly reason: string;

  constructor(message: string, reason = "StartError") {
    super(message);
    this.name = "StartFailure";
    this.reason = reason;
  }
}

/** What an exit code means when nothing more is known. */
export function exitOf(exitCode: number): Exit {
  return { exitCode, reason: exitCode === 0 ? "Completed" : "Error" };
}
