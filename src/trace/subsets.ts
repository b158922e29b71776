import { Failure } from "../kernel/failure.ts";
import { didYouMean } from "../kernel/text.ts";
import { rowsBy, rowsOf, rowsWhere } from "./rows.ts";
import type { Trace } from "./trace.ts";

/** The jobs of these users only. */
export function selectUsers(trace: Trace, users: Iterable<string>): Trace {
  const chosen = numbersOf(trace, users);
  return rowsOf(
    trace,
    rowsWhere(trace, (row) => chosen.has(trace.jobs.user[row] ?? -1)),
  );
}

/** All jobs but those of these users, such as a robot that would drown the others. */
export function withoutUsers(trace: Trace, users: Iterable<string>): Trace {
  const left = numbersOf(trace, users);
  return rowsOf(
    trace,
    rowsWhere(trace, (row) => !left.has(trace.jobs.user[row] ?? -1)),
  );
}

/**
 * What happens from one second to another: jobs submitted then, and, as jobs that run already at its start, what is left
 * of those that had not ended (by submission plus duration, without waits). Its second 0 is `fromSeconds`.
 */
export function slice(trace: Trace, fromSeconds: number, toSeconds: number): Trace {
  const { submitSeconds, durationSeconds } = trace.jobs;
  const begins = (row: number) => submitSeconds[row] ?? 0;
  const runsOn = (row: number) => begins(row) < fromSeconds && begins(row) + (durationSeconds[row] ?? 0) > fromSeconds;
  const rows = rowsWhere(trace, (row) => runsOn(row) || (begins(row) >= fromSeconds && begins(row) < toSeconds));
  const { jobs, ...facts } = rowsOf(trace, rows);
  const warm = jobs.submitSeconds.map((at, i) => (at < fromSeconds ? 1 : (jobs.warm[i] ?? 0)));
  const cut = {
    ...jobs,
    warm: Uint8Array.from(warm),
    submitSeconds: jobs.submitSeconds.map((at) => Math.max(0, at - fromSeconds)),
    durationSeconds: jobs.durationSeconds.map(
      (ran, i) => ran - Math.max(0, fromSeconds - (jobs.submitSeconds[i] ?? 0)),
    ),
  };
  const spanSeconds = Math.max(0, facts.spanSeconds - fromSeconds);
  return { ...facts, jobs: cut, startMs: trace.startMs + fromSeconds * 1000, spanSeconds };
}

export type Tenancy = "user" | "group" | "shared";

export interface TenantTrace {
  /** Name of the user or group; `unknown` for jobs without one, `shared` where all share. */
  readonly tenant: string;
  readonly trace: Trace;
}

/** The trace of each tenant, those with most jobs first. */
export function perTenant(trace: Trace, by: Tenancy = "user"): readonly TenantTrace[] {
  if (by === "shared") return [{ tenant: "shared", trace }];
  const names = by === "user" ? trace.users : trace.groups;
  return [...rowsBy(trace, by)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([number, rows]) => ({ tenant: names[number] ?? "unknown", trace: rowsOf(trace, rows) }));
}

function numbersOf({ users, name }: Trace, chosen: Iterable<string>): ReadonlySet<number> {
  return new Set(
    [...chosen].map((user) => {
      const number = users.indexOf(user);
      if (number >= 0) return number;
      const meant = didYouMean(user, users);
      throw new Failure("USAGE", `${name} has no user ${user}`, {
        fix: meant === undefined ? `it has ${users.slice(0, 10).join(", ")}` : `did you mean ${meant}?`,
      });
    }),
  );
}
