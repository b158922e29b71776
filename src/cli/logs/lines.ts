import type { LogJob, LogStream } from "./log-streams.ts";

interface Beside {
  readonly jobs: readonly LogJob[];
  /** Whether a job has several pods at a time. */
  readonly isParallel: boolean;
}

/** What tells whose a line is, where lines of several jobs, pods or containers are shown. */
export function prefixOf({ name, pod, container, isOneOfMany }: LogStream, { jobs, isParallel }: Beside): string {
  const job = jobs.length > 1 ? [name] : [];
  const owner = [...(isParallel ? [pod] : job), ...(isOneOfMany ? [container] : [])];
  return owner.length === 0 ? "" : `${owner.join("/")} | `;
}

/** Prints a log line by line, so that others' lines come between lines only. */
export async function printLines(
  pieces: AsyncIterable<string>,
  prefix: string,
  write: (text: string) => void,
): Promise<void> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) write(lines.map((line) => `${prefix}${line}\n`).join(""));
  }
  if (rest !== "") write(`${prefix}${rest}\n`);
}
