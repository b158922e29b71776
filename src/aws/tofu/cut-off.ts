import { readText, removeFile, writeAtomic } from "../../kernel/files.ts";
import { type LockHolder, takenAt } from "./diagnostics.ts";

/** Which engine was cut off: it may have left the state's lock behind. */
export interface CutOffNote {
  /** The log of that engine; undefined where none was cut off. */
  read(): Promise<string | undefined>;
  write(log: string): Promise<void>;
  remove(): Promise<void>;
}

export function cutOffNote(path: string): CutOffNote {
  return {
    read: () => readText(path),
    write: (log) => writeAtomic(path, log),
    remove: () => removeFile(path),
  };
}

/** What an engine says only with the lock in its hands. */
const atWork = /^(refresh_start|resource_drift|planned_change|change_summary|apply_start)$/;

/**
 * Whether a lock is the one that a dead engine held: taken after it began and before it set to work. Another's that was
 * taken in that time had to be let go of first.
 * @param log what the engine said
 */
export function isLeftBy(log: string, holder: LockHolder): boolean {
  const events = log.split("\n").flatMap((line) => eventOf(line) ?? []);
  const began = events[0]?.at;
  const worked = events.find(({ type }) => atWork.test(type))?.at;
  const taken = takenAt(holder);
  if (began === undefined || worked === undefined || taken === undefined) return false;
  // to the second: the engines' words for it are cut there
  return taken >= Math.floor(began / 1000) * 1000 && taken <= worked;
}

function eventOf(line: string): { readonly type: string; readonly at: number } | undefined {
  try {
    const { type = "", "@timestamp": at = "" } = JSON.parse(line) as { type?: string; "@timestamp"?: string };
    return Number.isNaN(Date.parse(at)) ? undefined : { type, at: Date.parse(at) };
  } catch {
    return undefined;
  }
}
