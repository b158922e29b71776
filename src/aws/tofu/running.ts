import { readText, removeFile, writeAtomic } from "../../kernel/files.ts";
import type { ProcessIdentity } from "../../kernel/processes.ts";

/** An engine at work, as it is noted beside its log for the command that comes after a killed one. */
export interface RunningEngine extends ProcessIdentity {
  /** Such as `apply`. */
  readonly action: string;
  /** Where its output goes. */
  readonly log: string;
  /** Whether it was asked to stop: a second time would make it let go of everything at once. */
  readonly interrupted: boolean;
}

/** The file in which the engine at work is noted. */
export interface RunningNote {
  read(): Promise<RunningEngine | undefined>;
  write(engine: RunningEngine): Promise<void>;
  remove(): Promise<void>;
}

export function runningNote(path: string): RunningNote {
  return {
    async read() {
      const text = await readText(path);
      try {
        return text === undefined ? undefined : (JSON.parse(text) as RunningEngine);
      } catch {
        // cut off while being written: nobody knows it any more
        return undefined;
      }
    },
    write: (engine) => writeAtomic(path, `${JSON.stringify(engine)}\n`),
    remove: () => removeFile(path),
  };
}
