import * as v from "valibot";

import { Failure } from "../kernel/failure.ts";
import type { LearnedState } from "./policy.ts";

export const finite = v.pipe(v.number(), v.finite());
export const amount = v.pipe(finite, v.minValue(0));
export const count = v.pipe(amount, v.integer());
/** NaN, which JSON has not, is null. */
export const orNaN = v.nullable(finite);

/** By name of the pool, what `ByPool` saves. */
export const ofPools = <S>(memory: v.GenericSchema<unknown, S>) =>
  v.record(v.string(), v.strictObject({ startMs: finite, memory }));

/** Which policy's state it is, of which version, and what for: a person reads it. */
export interface StateKind {
  readonly policy: string;
  readonly version: number;
  /** Such as `the guard`. */
  readonly of: string;
}

/** What was saved, checked before any of it is taken; throws a Failure that says what is wrong with it. */
export function checkedState<T>(state: LearnedState, schema: v.GenericSchema<unknown, T>, kind: StateKind): T {
  const refuse = (why: string) =>
    new Failure("FILE_INVALID", `this is not what ${kind.of} has learned`, {
      why,
      fix: "leave it out: it learns anew",
    });
  if (state?.policy !== kind.policy) throw refuse(`it was saved by ${JSON.stringify(state?.policy)}`);
  if (state.version !== kind.version)
    throw refuse(`it has version ${JSON.stringify(state.version)}, not ${kind.version}`);
  const result = v.safeParse(schema, state.pools);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refuse([v.getDotPath(issue), issue.message].filter(Boolean).join(": "));
}
