import { stripVTControlCharacters } from "node:util";

import { Failure } from "../../kernel/failure.ts";
import { humanDuration } from "../../kernel/text.ts";
import { type Backend, placeOf } from "./backend.ts";
import { type Diagnostic, errorsOf, isLock, lineOf, lockHolder, takenAt, textOf } from "./diagnostics.ts";
import type { EngineRun } from "./engine-run.ts";
import { knownErrors } from "./known-errors.ts";

/** What a failure is told about. */
export interface FailedEngine {
  readonly program: { readonly name: string };
  readonly backend: Backend;
  /** The root module's folder. */
  readonly cwd: string;
  /** Now, in milliseconds since the epoch. */
  readonly now: number;
}

/** The failure that an engine's bad end is: who holds the lock, what AWS refused and what to do about it. */
export function engineFailure(engine: FailedEngine, run: EngineRun): Failure {
  const errors = errorsOf(run.diagnostics);
  const lock = errors.find(isLock);
  return lock === undefined ? otherFailure(engine, run, errors) : lockedFailure(engine, run, lock);
}

/** The failure that a refusal in plain text is, of what only looks at the state. */
export function refusalFailure(program: { readonly name: string }, args: readonly string[], text: string): Failure {
  // both engines draw a box around it, in colours
  const said = stripVTControlCharacters(text)
    .replace(/[\s│╷╵]+/g, " ")
    .trim();
  const known = knownErrors.find(({ matches }) => matches.test(said));
  return new Failure(known?.code ?? "ENGINE_FAILED", `${program.name} ${args.join(" ")} failed: ${said}`, {
    ...(known !== undefined && { why: known.why, fix: known.fix }),
  });
}

const mostProblems = 10;
const lastLines = 5;

function otherFailure({ program }: FailedEngine, run: EngineRun, errors: readonly Diagnostic[]): Failure {
  const known = knownErrors.find(({ matches }) => errors.some((error) => matches.test(textOf(error))));
  const said = errors.length > 0 ? errors.map(lineOf) : run.texts.slice(-lastLines);
  const problems = said.slice(0, mostProblems);
  if (said.length > mostProblems) problems.push(`and ${said.length - mostProblems} more in the log`);
  const end = run.signal === null ? `exit status ${run.code}` : run.signal;
  return new Failure(known?.code ?? "ENGINE_FAILED", `${program.name} ${run.action} failed: ${said[0] ?? end}`, {
    where: run.log,
    why: known?.why ?? "the state is kept: what was made is known and can be gone on from, or removed",
    fix: known?.fix ?? "mend what it says and run this again: it goes on where it was; or aura down",
    ...(problems.length > 1 && { problems }),
  });
}

function lockedFailure({ program, backend, cwd, now }: FailedEngine, run: EngineRun, error: Diagnostic): Failure {
  const holder = lockHolder(error);
  const place = placeOf(backend);
  if (holder === undefined) {
    return new Failure("STATE_LOCKED", `${place} is locked, and it does not say by whom`, {
      where: run.log,
      fix: "run this again in a minute",
    });
  }
  const at = takenAt(holder);
  const age = at === undefined || at > now ? "" : `, ${humanDuration(now - at)} ago`;
  const since = `since ${holder.created}${age}, for ${holder.operation || "something"}`;
  return new Failure("STATE_LOCKED", `${place} is locked by ${holder.who} ${since}`, {
    where: run.log,
    ...(backend.kind === "local"
      ? {
          why: "the lock of a file goes with the process that holds it: an engine is at work there right now",
          fix: `wait for it, or find it: fuser -v ${backend.path}`,
        }
      : {
          why: "a lock stays behind where an engine was killed: it is stale if no aura, tofu or terraform runs for this environment any more, on that machine or in a workflow",
          fix: `once you are sure: ${program.name} -chdir=${cwd} force-unlock ${holder.id}`,
        }),
  });
}
