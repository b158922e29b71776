const windows = [300, 3600, 21_600, 86_400] as const;
/** Stands for "never": longer than anything that a decision depends on. */
const never = 30 * 86_400;
/** What a new value weighs in what is usual. */
const novelty = 0.2;
/** A user who comes back after so long begins anew. */
const sessionPause = 1800;
const failed = 2;

/**
 * What a pool or a user did lately, in numbers that are updated in constant time: arrivals that fade over four windows, the
 * last gaps, and what is usual. Times are in seconds, usual ones in logarithms.
 */
export class Activity {
  readonly #fading = new Float64Array(windows.length);
  #fadedAt = 0;
  #lastArrival = -never;
  #lastEnd = -never;
  #lastBetween = never;
  #usualBetween = Math.log(3600);
  #sessionStart = -never;
  #running = 0;
  #failuresInARow = 0;
  #gaps = 0;
  #gap1 = never;
  #gap2 = never;
  #usualGap = Math.log(3600);
  #briefShare = 0.3;
  #shortShare = 0.5;

  arrived(now: number): void {
    const between = Math.min(never, now - this.#lastArrival);
    if (between > sessionPause) this.#sessionStart = now;
    this.#lastBetween = between;
    this.#usualBetween += novelty * (Math.log1p(between) - this.#usualBetween);
    this.#lastArrival = now;
    this.#running += 1;
    this.#fade(now);
    for (let index = 0; index < windows.length; index += 1) this.#fading[index] = (this.#fading[index] as number) + 1;
  }

  ended(now: number, status: number): void {
    this.#lastEnd = now;
    this.#running = Math.max(0, this.#running - 1);
    this.#failuresInARow = status === failed ? this.#failuresInARow + 1 : 0;
  }

  /** `weight`: what the gap counts, 1 at most. */
  gapEnded(seconds: number, weight: number): void {
    const news = weight === 1 ? novelty : 1 - (1 - novelty) ** weight;
    this.#gaps += weight;
    this.#gap2 = this.#gap1;
    this.#gap1 = seconds;
    this.#usualGap += news * (Math.log1p(seconds) - this.#usualGap);
    this.#briefShare += news * ((seconds <= 30 ? 1 : 0) - this.#briefShare);
    this.#shortShare += news * ((seconds <= 600 ? 1 : 0) - this.#shortShare);
  }

  sinceArrival(now: number): number {
    return now - this.#lastArrival;
  }

  /** Writes `activityFeatures.length` numbers from `at` on. */
  describe(now: number, into: Float64Array, at: number): void {
    this.#fade(now);
    into.set(this.#fading, at);
    const rest = at + windows.length;
    into[rest] = logOf(now - this.#lastArrival);
    into[rest + 1] = logOf(now - this.#lastEnd);
    into[rest + 2] = logOf(this.#lastBetween);
    into[rest + 3] = this.#usualBetween;
    into[rest + 4] = logOf(now - this.#sessionStart);
    into[rest + 5] = this.#running;
    into[rest + 6] = this.#failuresInARow;
    into[rest + 7] = Math.log1p(this.#gaps);
    into[rest + 8] = logOf(this.#gap1);
    into[rest + 9] = logOf(this.#gap2);
    into[rest + 10] = this.#usualGap;
    into[rest + 11] = this.#briefShare;
    into[rest + 12] = this.#shortShare;
  }

  save(): number[] {
    const times = [this.#fadedAt, this.#lastArrival, this.#lastEnd, this.#lastBetween, this.#usualBetween];
    const counts = [this.#sessionStart, this.#running, this.#failuresInARow, this.#gaps];
    const gaps = [this.#gap1, this.#gap2, this.#usualGap, this.#briefShare, this.#shortShare];
    return [...this.#fading, ...times, ...counts, ...gaps];
  }

  /** From what `save` gave: `activityValues` finite numbers. */
  static restored(values: readonly number[]): Activity {
    const made = new Activity();
    const at = (index: number) => values[index] ?? 0;
    made.#fading.set(values.slice(0, windows.length));
    made.#fadedAt = at(4);
    made.#lastArrival = at(5);
    made.#lastEnd = at(6);
    made.#lastBetween = at(7);
    made.#usualBetween = at(8);
    made.#sessionStart = at(9);
    made.#running = at(10);
    made.#failuresInARow = at(11);
    made.#gaps = at(12);
    made.#gap1 = at(13);
    made.#gap2 = at(14);
    made.#usualGap = at(15);
    made.#briefShare = at(16);
    made.#shortShare = at(17);
    return made;
  }

  #fade(now: number): void {
    const passed = now - this.#fadedAt;
    if (passed <= 0) return;
    for (let index = 0; index < windows.length; index += 1)
      this.#fading[index] = (this.#fading[index] as number) * Math.exp(-passed / (windows[index] as number));
    this.#fadedAt = now;
  }
}

/** How many numbers `save` gives. */
export const activityValues = 18;

/** What `describe` writes, in this order. */
export const activityFeatures = [
  "arrivals5m",
  "arrivals1h",
  "arrivals6h",
  "arrivals24h",
  "sinceArrival",
  "sinceEnd",
  "lastBetween",
  "usualBetween",
  "session",
  "running",
  "failures",
  "gaps",
  "gap1",
  "gap2",
  "usualGap",
  "briefShare",
  "shortShare",
] as const;

/** Logarithm of a time, with what lies outside of what matters cut off. */
export function logOf(seconds: number): number {
  return Math.log1p(Math.max(0, Math.min(seconds, never)));
}
