import type { Boosted } from "./train-release-boosting.mjs";

export function packed(model: Boosted, settings: { readonly depth: number }): string;

export function moduleOf(model: {
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly features: readonly string[];
  readonly depth: number;
  readonly trees: number;
  readonly weights: string;
}): string;
