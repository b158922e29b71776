import type { ProcessIdentity } from "./processes.ts";

export interface CommandOptions {
  /** A name to look up on PATH, or a path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input. Default: none. */
  readonly input?: string;
  /** Asks it to end, once, with SIGINT; it is waited for all the same, for what it does in good order. */
  readonly signal?: AbortSignal;
  /** Ends it with SIGKILL after so long, in milliseconds of this machine's time: `signal` says so. Default: never. */
  readonly timeoutMs?: number;
  /** Hears each line of its output as it comes. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /**
   * A file that takes its output instead, standard error included, after what is in it: the process then outlives a kill
   * of this one, and what it writes is there to be read on. `onLine` hears the new lines.
   */
  readonly outputFile?: string;
  /** Told who it is as soon as it runs; its process group has the same number. */
  readonly onStart?: (identity: ProcessIdentity) => void;
}

export interface CommandResult {
  /** The exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs of this machine, each run in a process group of its own: a Ctrl-C of the terminal reaches it once, from here. */
export interface Commands {
  /** The absolute path of a program on PATH; undefined where there is none. */
  find(name: string, env: Readonly<Record<string, string | undefined>>): Promise<string | undefined>;
  /** Runs it to its end, whatever the exit status. Fails with TOOL_MISSING when there is no such program, or it is none. */
  run(options: CommandOptions): Promise<CommandResult>;
}
