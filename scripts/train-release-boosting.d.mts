export interface GapRow {
  readonly features: Float64Array;
  readonly bucket: number;
  readonly censored: boolean;
  readonly weight: number;
}

export interface BoostOptions {
  readonly buckets: number;
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  readonly shared: number;
  readonly own: number;
  readonly smoothing: number;
  readonly groups: number;
  readonly bins: number;
  readonly shareOfFeatures: number;
  readonly random: { next(): number };
}

export interface Boosted {
  readonly base: Float64Array;
  readonly trees: readonly {
    readonly splits: readonly { readonly feature: number; readonly threshold: number }[];
    readonly leaves: Float64Array;
  }[];
}

export function boost(rows: readonly GapRow[], options: BoostOptions): Boosted;
