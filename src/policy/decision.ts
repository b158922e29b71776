/** What a policy wants, and why. Data: it is validated again before anybody acts on it. */
export type Decision =
  | (Hold & { readonly kind: "hold"; readonly node: number })
  | { readonly kind: "release"; readonly node: number; readonly reason: Reason }
  | (Warm & { readonly kind: "warm" })
  | { readonly kind: "advise"; readonly subject: string; readonly reason: Reason };

/** Keep this node idle until then; a time that has come is a release. */
export interface Hold {
  readonly untilSeconds: number;
  readonly reason: Reason;
}

/** Launch so many nodes now, beyond what is idle and on its way. */
export interface Warm {
  readonly nodes: number;
  /** When they go again if nobody came. */
  readonly untilSeconds: number;
  readonly reason: Reason;
}

/** Boot nothing for this job before then. */
export interface Wait {
  readonly untilSeconds: number;
  readonly reason: Reason;
}

/** Words with figures, put together only when somebody reads them: a simulation takes millions of decisions. */
export interface Reason {
  /** Stable, for metrics and filters, such as `hold-learned`. */
  readonly code: string;
  /** One sentence for a person, with the figures that led to it. */
  text(): string;
}
