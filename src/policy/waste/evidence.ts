/** One stop in a hundred may be wrong: the odds of 99 to 1, as a logarithm (`policy.md` 3.3). */
export const enoughEvidence = Math.log(99);

/** What speaks for a waste, minute by minute: a sum of log-likelihood ratios that starts anew whenever it falls to 0. */
export interface Evidence {
  readonly sum: number;
  /** The most that the sum has been. */
  readonly peak: number;
  /** When the sum left 0. */
  readonly sinceSeconds: number;
  /** When it was enough first; undefined before. */
  readonly detectedAtSeconds: number | undefined;
  /** Up to when it has grown. */
  readonly untilSeconds: number;
}

export const noEvidence: Evidence = {
  sum: 0,
  peak: 0,
  sinceSeconds: Number.NaN,
  detectedAtSeconds: undefined,
  untilSeconds: Number.NaN,
};

export interface Weight {
  readonly llr: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** It counts, but nothing is decided yet. */
  readonly isBlocked: boolean;
}

/**
 * The evidence with a minute more. Its sum is kept below twice what is enough, so that a waste that ends is seen to end; once it was
 * enough, it ends only at 0.
 */
export function weighed(evidence: Evidence, { llr, fromSeconds, toSeconds, isBlocked }: Weight): Evidence {
  const sum = Math.min(2 * enoughEvidence, evidence.sum + llr);
  if (!(sum > 0)) return noEvidence;
  // a sum of fifteen fifteenths may fall short by a rounding error
  const isEnough = !isBlocked && sum >= enoughEvidence - 1e-9;
  return {
    sum,
    peak: Math.max(evidence.peak, sum),
    sinceSeconds: evidence.sum === 0 ? fromSeconds : evidence.sinceSeconds,
    detectedAtSeconds: evidence.detectedAtSeconds ?? (isEnough ? toSeconds : undefined),
    untilSeconds: llr > 0 ? toSeconds : evidence.untilSeconds,
  };
}

/** Of a finding, 0 to 1: how sure the evidence makes, at even odds before it. */
export function confidenceOf(sum: number): number {
  return 1 / (1 + Math.exp(-sum));
}
