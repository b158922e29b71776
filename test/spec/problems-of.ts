import { Failure } from "../../src/kernel/failure.ts";

/** The failure that `action` throws; a bug or no failure at all fails the test. */
export function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

export function problemsOf(action: () => unknown): readonly string[] {
  return failureOf(action).details.problems ?? [];
}
