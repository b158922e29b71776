import type { ProcessIdentity } from "../kernel/processes.ts";
import type { PipelineWorld } from "./world.ts";

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly onStart: (process: ProcessIdentity) => void;
  /** Ends it as GitHub cancels a step. */
  readonly stop: AbortSignal;
  /** Ends it at once, with all that it started. */
  readonly kill: AbortSignal;
}

/** Source: GitHub Docs, "Workflow cancellation reference". */
const terminateAfterMs = 7500;
const killAfterMs = 2500;

/** Runs a step's entry process to its end; the exit status, or null when a signal ended it. */
export async function runProcess(options: ProcessOptions, world: PipelineWorld): Promise<number | null> {
  const { stop, kill, onStart, onLine, ...command } = options;
  let running: ProcessIdentity | undefined;
  let cancelEnding = () => {};
  const stopped = () => {
    if (running !== undefined) cancelEnding = endGently(running, world);
  };
  const killed = () => {
    if (running !== undefined) world.tell(running, "SIGKILL", "group");
  };
  stop.addEventListener("abort", stopped, { once: true });
  kill.addEventListener("abort", killed, { once: true });
  try {
    const { code } = await world.commands.run({
      ...command,
      onLine: (line) => onLine(line),
      onStart(process) {
        running = process;
        onStart(process);
        if (stop.aborted) stopped();
        if (kill.aborted) killed();
      },
    });
    return code;
  } finally {
    cancelEnding();
    stop.removeEventListener("abort", stopped);
    kill.removeEventListener("abort", killed);
  }
}

/** Only the entry process is told: a shell that waits for its command passes nothing on, unless it is `exec`ed. */
function endGently(process: ProcessIdentity, { clock, tell }: PipelineWorld): () => void {
  tell(process, "SIGINT", "process");
  let cancel = clock.schedule(terminateAfterMs, () => {
    tell(process, "SIGTERM", "process");
    cancel = clock.schedule(killAfterMs, () => tell(process, "SIGKILL", "group"));
  });
  return () => cancel();
}
