import { Failure } from "../../../src/kernel/failure.ts";

/** The Failure that `run` ends with; anything else that happens fails the test. */
export async function failureOf(run: () => unknown): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing failed");
}
