import type { TraceJobStatus } from "../trace.ts";

/** How schedulers say that a job ended; what is not here is told as a note and read as `unknown`. */
const words: ReadonlyMap<string, TraceJobStatus> = new Map(
  Object.entries({
    "": "unknown",
    unknown: "unknown",
    pass: "passed",
    passed: "passed",
    completed: "passed",
    succeeded: "passed",
    terminated: "passed",
    failed: "failed",
    timeout: "failed",
    node_fail: "failed",
    out_of_memory: "failed",
    killed: "killed",
    cancelled: "killed",
    canceled: "killed",
    running: "running",
    pending: "unknown",
  }),
);

export interface StatusReader {
  of(word: string): TraceJobStatus;
  notes(): readonly string[];
}

export function newStatusReader(): StatusReader {
  const strange = new Map<string, number>();
  return {
    of(word) {
      const known = words.get(word) ?? words.get(word.trim().toLowerCase());
      if (known !== undefined) return known;
      const name = strange.size < 20 || strange.has(word) ? word : "others";
      strange.set(name, (strange.get(name) ?? 0) + 1);
      return "unknown";
    },
    notes: () => [...strange].map(([word, jobs]) => `status ${word} of ${jobs} jobs is not known: taken as unknown`),
  };
}
