import type { Random } from "../../../src/kernel/random.ts";
import type { Trace } from "../../../src/trace/trace.ts";
import { type TestJob, traceOf } from "../../simulate/traces.ts";

/** Four users who come in sessions, one of them with large nodes: bursts of short jobs, and hours of nothing. */
export function jobsOfUsers(random: Random, jobs: number): Trace {
  const clocks = [0, 0, 0, 0];
  const rows = Array.from({ length: jobs }, (): TestJob => {
    const user = random.integer(clocks.length);
    const pause = random.next() < 0.15 ? 20_000 * random.next() : 400 * random.next();
    const submit = (clocks[user] ?? 0) + pause;
    clocks[user] = submit;
    const nodes = random.next() < 0.1 ? 4 : 1;
    const duration = 30 + 3000 * random.next() ** 3;
    return { submit, duration, user: `u${user}`, nodes, gpus: user === 0 ? 8 * nodes : nodes };
  });
  return traceOf(rows);
}
