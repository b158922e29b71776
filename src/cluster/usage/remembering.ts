import type { Clock } from "../../kernel/clock.ts";
import { isApiError } from "../api.ts";

/** In milliseconds: after nothing was there to answer or it was forbidden, and after anything else went wrong. */
const absentPauseMs = 10 * 60_000;
const errorPauseMs = 60_000;

/**
 * Asks, unless it was in vain a short time ago: what is not installed, or may not be asked, is not asked for all the time.
 * Undefined where there is no answer.
 */
export function remembering<A extends readonly unknown[], T>(
  clock: Clock,
  ask: (...asked: A) => Promise<T>,
): (...asked: A) => Promise<T | undefined> {
  let notBefore = Number.NEGATIVE_INFINITY;
  return async (...asked) => {
    if (clock.now() < notBefore) return undefined;
    try {
      return await ask(...asked);
    } catch (error) {
      const isAbsent = [401, 403, 404, 405].some((status) => isApiError(error, status));
      notBefore = clock.now() + (isAbsent ? absentPauseMs : errorPauseMs);
      return undefined;
    }
  };
}
