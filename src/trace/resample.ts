import { Failure } from "../kernel/failure.ts";
import { type Random, seededRandom } from "../kernel/random.ts";
import { shuffled } from "./draws.ts";
import { rowsBy, rowsOf } from "./rows.ts";
import type { Trace } from "./trace.ts";

export interface ResampleOptions {
  /** How many to draw. */
  readonly users: number;
  readonly seed: number;
  /** Whether one may be drawn again, as a bootstrap does; true unless told. */
  readonly replace?: boolean;
}

/**
 * Draws whole users, each as likely, with all their jobs at their times: that keeps how bursty each is, which drawing
 * jobs would not. One that is drawn again is another user, called `ada~2`. A trace without users is drawn by group.
 */
export function resample(trace: Trace, options: ResampleOptions): Trace {
  const random = seededRandom(options.seed);
  return drawn(trace, options.users, { random, replace: options.replace ?? true });
}

export interface SmallTeamsOptions {
  /** Fewest and most users of a team; 10 and 50 unless told. */
  readonly from?: number;
  readonly to?: number;
  /** A team for each. */
  readonly seeds: readonly number[];
}

export interface SmallTeam {
  readonly seed: number;
  readonly users: number;
  readonly trace: Trace;
}

/** Teams of users drawn from a larger trace; each user at most once in a team, unless it has fewer users than asked. */
export function smallTeams(trace: Trace, { from = 10, to = 50, seeds }: SmallTeamsOptions): readonly SmallTeam[] {
  return seeds.map((seed) => {
    const random = seededRandom(seed);
    const users = from + random.integer(to - from + 1);
    const replace = users > keyOf(trace).names.length;
    return { seed, users, trace: { ...drawn(trace, users, { random, replace }), name: `${trace.name}, team ${seed}` } };
  });
}

interface Draw {
  readonly random: Random;
  readonly replace: boolean;
}

function drawn(trace: Trace, count: number, { random, replace }: Draw): Trace {
  const { column, names } = keyOf(trace);
  const known = names.length;
  if (known === 0 || (!replace && count > known)) {
    throw new Failure("USAGE", `cannot draw ${count} of ${known} users of ${trace.name}`, {
      why: known === 0 ? "it records neither users nor groups" : "each is drawn once at most",
    });
  }
  const all = names.map((_, number) => number);
  const numbers = replace
    ? Array.from({ length: count }, () => random.integer(known))
    : shuffled(random, all).slice(0, count);
  return together(trace, column, numbers);
}

/** The jobs of these users or groups, and again for each that comes again. */
function together(trace: Trace, column: "user" | "group", numbers: readonly number[]): Trace {
  const rows = rowsBy(trace, column);
  const order: { readonly row: number; readonly copy: number }[] = numbers.flatMap((number, copy) =>
    Array.from(rows.get(number) ?? [], (row) => ({ row, copy })),
  );
  const { submitSeconds } = trace.jobs;
  order.sort((a, b) => (submitSeconds[a.row] ?? 0) - (submitSeconds[b.row] ?? 0) || a.copy - b.copy || a.row - b.row);
  const names = copyNames(numbers.map((number) => (column === "user" ? trace.users : trace.groups)[number] ?? ""));
  const merged = rowsOf(
    trace,
    Uint32Array.from(order, ({ row }) => row),
  );
  const copies = Int32Array.from(order, ({ copy }) => copy);
  return column === "user"
    ? { ...merged, jobs: { ...merged.jobs, user: copies }, users: names }
    : { ...merged, jobs: { ...merged.jobs, group: copies }, groups: names };
}

/** `ada`, `bob`, `ada~2`. */
function copyNames(names: readonly string[]): readonly string[] {
  const times = new Map<string, number>();
  return names.map((name) => {
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return time === 1 ? name : `${name}~${time}`;
  });
}

function keyOf({ users, groups }: Trace): { readonly column: "user" | "group"; readonly names: readonly string[] } {
  return users.length > 0 ? { column: "user", names: users } : { column: "group", names: groups };
}
