import { bucketCount } from "./gap-grid.ts";
import type { Hazards } from "./hazards.ts";

/** Trained by scripts/train-release.mjs. */
export interface TrainedModel {
  /** What it was trained on, with what, when. */
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly features: readonly string[];
  readonly depth: number;
  readonly trees: number;
  /**
   * Base64. Logits of the base as 24 float32; then for each tree: `depth` features as uint8, their thresholds as float32, the
   * leaves' scale as float32, and `2^depth` leaves of 24 int8 each. Little-endian.
   */
  readonly weights: string;
}

/** Symmetric trees: each level asks one question, the answers are the number of the leaf, and a leaf moves all logits. */
export class HazardModel {
  readonly #depth: number;
  readonly #base: Float64Array;
  readonly #splitFeatures: Uint8Array;
  readonly #thresholds: Float64Array;
  readonly #trees: number;
  readonly #leaves: Float32Array;

  constructor({ depth, trees, weights }: TrainedModel) {
    const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const leafBytes = 2 ** depth * bucketCount;
    const treeBytes = depth * 5 + 4 + leafBytes;
    this.#depth = depth;
    this.#base = Float64Array.from({ length: bucketCount }, (_, k) => view.getFloat32(4 * k, true));
    this.#splitFeatures = new Uint8Array(trees * depth);
    this.#thresholds = new Float64Array(trees * depth);
    this.#trees = trees;
    this.#leaves = new Float32Array(trees * leafBytes);
    for (let tree = 0; tree < trees; tree += 1) {
      const at = 4 * bucketCount + tree * treeBytes;
      for (let level = 0; level < depth; level += 1) {
        this.#splitFeatures[tree * depth + level] = bytes[at + level] as number;
        this.#thresholds[tree * depth + level] = view.getFloat32(at + depth + 4 * level, true);
      }
      const scale = view.getFloat32(at + 5 * depth, true);
      const leaves = new Int8Array(bytes.buffer, at + 5 * depth + 4, leafBytes);
      for (let leaf = 0; leaf < leafBytes; leaf += 1)
        this.#leaves[tree * leafBytes + leaf] = scale * (leaves[leaf] as number);
    }
  }

  /** The hazards of a gap with these features, into `into`. */
  hazards(features: Float64Array, into: Hazards): Hazards {
    into.set(this.#base);
    const leaves = this.#leaves;
    for (let tree = 0; tree < this.#trees; tree += 1) {
      const from = ((tree << this.#depth) + this.#leafOf(tree, features)) * bucketCount;
      for (let k = 0; k < bucketCount; k += 1) into[k] = (into[k] as number) + (leaves[from + k] as number);
    }
    for (let k = 0; k < bucketCount; k += 1) into[k] = 1 / (1 + Math.exp(-(into[k] as number)));
    return into;
  }

  #leafOf(tree: number, features: Float64Array): number {
    let leaf = 0;
    for (let level = 0; level < this.#depth; level += 1) {
      const at = tree * this.#depth + level;
      if ((features[this.#splitFeatures[at] as number] as number) > (this.#thresholds[at] as number))
        leaf |= 1 << level;
    }
    return leaf;
  }
}
