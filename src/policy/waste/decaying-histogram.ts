/** A histogram whose buckets grow by a ratio and whose old values fade, as the Vertical Pod Autoscaler's. */
export interface DecayingHistogram {
  add(value: number, atSeconds: number, weight?: number): void;
  /** The upper end of the bucket that so much of the weight lies in or below; 0 while it is empty. */
  quantile(share: number): number;
  /** The highest value ever, which does not fade. */
  peak(): number;
}

export interface HistogramOptions {
  /** Upper end of the first bucket. */
  readonly first: number;
  /** What lies above is counted as this. */
  readonly most: number;
  /** Default 1.05. */
  readonly ratio?: number;
  /** Default 24 h. */
  readonly halfLifeSeconds?: number;
}

/**
 * Source of the defaults: kubernetes/autoscaler, vertical-pod-autoscaler `model/aggregations_config.go` (ratio 1.05, half-life
 * 24 h); bucket n begins at first × (ratio^n − 1) / (ratio − 1).
 */
export function decayingHistogram(options: HistogramOptions): DecayingHistogram {
  const { first, most, ratio = 1.05, halfLifeSeconds = 86_400 } = options;
  const bucketOf = (value: number) => Math.floor(Math.log((value * (ratio - 1)) / first + 1) / Math.log(ratio));
  const weights = new Float64Array(bucketOf(most) + 1);
  let total = 0;
  let peak = 0;
  /** Weights are kept as of this moment: later values count more, earlier ones need not be touched. */
  let reference = 0;

  const rescale = (atSeconds: number) => {
    const factor = 2 ** ((reference - atSeconds) / halfLifeSeconds);
    for (let index = 0; index < weights.length; index += 1) weights[index] = (weights[index] ?? 0) * factor;
    total *= factor;
    reference = atSeconds;
  };

  return {
    add(value, atSeconds, weight = 1) {
      if (!(value >= 0)) return;
      if (atSeconds - reference > 100 * halfLifeSeconds) rescale(atSeconds);
      const faded = weight * 2 ** ((atSeconds - reference) / halfLifeSeconds);
      const bucket = bucketOf(Math.min(value, most));
      weights[bucket] = (weights[bucket] ?? 0) + faded;
      total += faded;
      peak = Math.max(peak, Math.min(value, most));
    },
    quantile(share) {
      if (total === 0) return 0;
      let below = 0;
      const bucket = weights.findIndex((weight) => {
        below += weight;
        return below >= share * total * (1 - 1e-12);
      });
      const end = (first * (ratio ** (bucket + 1) - 1)) / (ratio - 1);
      return Math.min(end, most, peak);
    },
    peak: () => peak,
  };
}
