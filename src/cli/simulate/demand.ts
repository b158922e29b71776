import { resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { generateTrace } from "../../trace/demand/generate-trace.ts";
import { readTraceFile } from "../../trace/read/read-trace.ts";
import { slice, withoutUsers } from "../../trace/subsets.ts";
import type { RateTrace, RejectedRows, Trace } from "../../trace/trace.ts";
import { amount, dayRange } from "./amounts.ts";
import type { SimulateFlags } from "./flags.ts";

/** What is simulated, and what is said of where it comes from. */
export type Demand = (
  | { readonly kind: "jobs"; readonly trace: Trace }
  | { readonly kind: "rates"; readonly rates: RateTrace }
) & { readonly format: string; readonly rejected: RejectedRows };

const none: RejectedRows = { count: 0, causes: [] };
const day = 86_400;

/** Reads the trace that was asked for, or generates a small team's. */
export async function demandOf(flags: SimulateFlags, cwd: string, seed: number): Promise<Demand> {
  if (flags.trace === undefined) return generated(flags, seed);
  if (flags.users !== undefined) {
    throw new Failure("USAGE", "--users is for generated demand", { fix: "leave out --users, or --trace" });
  }
  const read = await readTraceFile(resolve(cwd, flags.trace));
  const { format, rejected } = read;
  if (read.kind === "jobs") return { kind: "jobs", trace: cut(read.trace, flags), format, rejected };
  if (read.kind === "rates") return { kind: "rates", rates: read.trace, format, rejected };
  throw new Failure("FILE_INVALID", `${flags.trace} is a list of nodes, not a trace`, {
    why: "a simulation needs jobs or request rates; it launches the nodes itself",
    fix: "give the file with the jobs",
  });
}

function generated(flags: SimulateFlags, seed: number): Demand {
  const users = amount("users", flags.users, { from: 1, to: 1000, whole: true }) ?? 12;
  const days = amount("days", flags.days, { from: 1, to: 366, whole: true }) ?? 14;
  const name = `a generated team of ${users}`;
  const trace = generateTrace({ seed, users, days, name });
  return {
    kind: "jobs",
    trace: flags.withoutUsers ? withoutUsers(trace, flags.withoutUsers) : trace,
    format: "generated",
    rejected: none,
  };
}

function cut(trace: Trace, { withoutUsers: left = [], days }: SimulateFlags): Trace {
  const range = dayRange(days);
  const kept = left.length === 0 ? trace : withoutUsers(trace, left);
  const part = range === undefined ? kept : slice(kept, range.from * day, range.to * day);
  if (part.jobs.count > 0) return part;
  throw new Failure("USAGE", `no job of ${trace.name} is left to simulate`, {
    why: `it has ${trace.jobs.count} jobs in ${(trace.spanSeconds / day).toFixed(1)} days, before users and days were chosen`,
    fix: "choose other days, or leave fewer users out",
  });
}
