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
  /** What to do about a state that is refused. Default: leave it out. */
  readonly fix?: string;
}

/** What was saved, checked before any of it is taken; throws a Failure that says what is wrong with it. */
export function checkedState<T>(state: LearnedState, schema: v.GenericSchema<unknown, T>, kind: StateKind): T {
  return parsed(savedBy(state, kind), schema, kind);
}

/** What a state of this kind holds, not checked yet; throws a Failure at one of another policy or version. */
export function savedBy(state: LearnedState, kind: StateKind): LearnedState["pools"] {
  if (state?.policy !== kind.policy) throw refusal(`it was saved by ${JSON.stringify(state?.policy)}`, kind);
  if (state.version !== kind.version)
    throw refusal(`it has version ${JSON.stringify(state.version)}, not ${kind.version}`, kind);
  return state.pools;
}

/** A part of a state as its schema says, `key` being where it stands; throws a Failure at anything else. */
export function parsed<T>(value: unknown, schema: v.GenericSchema<unknown, T>, kind: StateKind, key?: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refusal([key, v.getDotPath(issue), issue.message].filter(Boolean).join(": "), kind);
}

export function refusal(why: string, { of, fix = "leave it out: it learns anew" }: StateKind): Failure {
  return new Failure("FILE_INVALID", `this is not what ${of} has learned`, { why, fix });
}
