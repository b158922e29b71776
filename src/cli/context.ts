import type { Clock } from "../kernel/clock.ts";
import type { Commands } from "../kernel/commands.ts";
import type { Random } from "../kernel/random.ts";
import type { StartInBackground } from "./background-process.ts";
import type { Prompts } from "./init/prompts.ts";
import type { ServerProcesses } from "./targets/server-process.ts";

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything a command may touch of the world. Made once, in `main`; tests make their own. */
export interface Context {
  /** What the command line library needs; also where exit codes go. */
  readonly process: {
    readonly stdout: OutputStream;
    readonly stderr: OutputStream;
    readonly env: Readonly<Record<string, string | undefined>>;
    exitCode?: number | string | null | undefined;
  };
  readonly version: string;
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: string;
  readonly pid: number;
  /** What starts this command line again: a program, and what comes before the arguments. */
  readonly program: readonly string[];
  /** The arguments as typed. */
  readonly args: readonly string[];
  /** The command line as typed, for the lock. */
  readonly commandLine: string;
  /** Calls back for Ctrl-C, SIGTERM and a closed terminal until the returned function is called. */
  onSignal(handler: (signal: StopSignal) => void): () => void;
  /** Ends this process at once and leaves the terminal usable. */
  exit(code: number): void;
  /** Asks on the terminal; undefined when nobody answers: no terminal, Ctrl-C, Ctrl-D, or `signal` aborted. */
  confirm(question: string, signal?: AbortSignal): Promise<boolean | undefined>;
  /** Questions that want more than yes or no; undefined where there is no terminal. */
  prompts(): Promise<Prompts | undefined>;
  readonly servers: ServerProcesses;
  readonly commands: Commands;
  readonly background: StartInBackground;
}
