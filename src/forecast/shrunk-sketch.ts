import type { Saved } from "./forecaster.ts";
import { binBottom, binCount, binMiddle, binOf, binTop } from "./log-bins.ts";
import { check } from "./memory.ts";

export interface ShrunkSketchOptions {
  /** After this time a value weighs half. */
  readonly halfLifeSeconds: number;
  /** So many values of its own make a key believed as much as what is known more generally; n / (n + 5) by default. */
  readonly priorWeight?: number | undefined;
  /** Keys remembered; the one that was not added to for the longest time is forgotten first. */
  readonly maxKeys?: number | undefined;
}

/** The distribution of a positive value under several keys, from the most particular to the most general. */
export interface ShrunkSketch {
  add(keys: readonly string[], value: number, atSeconds: number): void;
  /** The distribution for these keys, given that the value is above `above` (default 0). */
  at(keys: readonly string[], atSeconds: number, above?: number): Distribution;
  save(): Saved;
  restore(saved: Saved): void;
}

export interface Distribution {
  /** Values of its most particular key, newer ones counting more. */
  readonly own: number;
  /** NaN: nothing is known. */
  quantile(p: number): number;
  /** Probability of not exceeding `value`. */
  below(value: number): number;
}

interface Sketch {
  total: number;
  readonly bins: Map<number, number>;
}

/**
 * Quantile sketches of logarithmic bins by key, blended: the most particular key has weight n / (n + 5), the next one
 * the same part of what is left, and so on. Weights grow with time instead of decaying, so that no sketch is touched but
 * those added to.
 */
export function shrunkSketch({
  halfLifeSeconds,
  priorWeight = 5,
  maxKeys = 20_000,
}: ShrunkSketchOptions): ShrunkSketch {
  const sketches = new Map<string, Sketch>();
  const scratch = new Float64Array(binCount);
  let origin = Number.NaN;
  const weightAt = (atSeconds: number) => 2 ** ((atSeconds - origin) / halfLifeSeconds);

  const put = (key: string, bin: number, weight: number) => {
    const sketch = sketches.get(key) ?? { total: 0, bins: new Map<number, number>() };
    sketch.total += weight;
    sketch.bins.set(bin, (sketch.bins.get(bin) ?? 0) + weight);
    sketches.delete(key);
    sketches.set(key, sketch);
    if (sketches.size > maxKeys) sketches.delete(sketches.keys().next().value as string);
  };

  const blend = (keys: readonly string[], now: number) => {
    scratch.fill(0);
    let left = 1;
    let lastShare = 0;
    for (const key of keys) {
      const sketch = sketches.get(key);
      if (sketch === undefined) continue;
      const count = sketch.total / now;
      lastShare = (left * count) / (count + priorWeight);
      left -= lastShare;
      for (const [bin, weight] of sketch.bins) scratch[bin] = (scratch[bin] ?? 0) + (lastShare * weight) / sketch.total;
    }
    return scratch;
  };

  return {
    add: (keys, value, atSeconds) => {
      if (!(value >= 0) || !Number.isFinite(atSeconds)) return;
      if (Number.isNaN(origin)) origin = atSeconds;
      const [bin, weight] = [binOf(value), weightAt(atSeconds)];
      for (const key of keys) put(key, bin, weight);
    },
    at: (keys, atSeconds, above = 0) => {
      const own = (sketches.get(keys[0] ?? "")?.total ?? 0) / weightAt(atSeconds);
      return conditioned(Float64Array.from(blend(keys, weightAt(atSeconds))), above, own || 0);
    },
    save: () => ({
      method: "shrunk-sketch",
      version: 1,
      values: {
        origin: Number.isNaN(origin) ? null : origin,
        ...Object.fromEntries([...sketches].map(([key, { bins }]) => [`/${key}`, [...bins].flat()])),
      },
    }),
    restore: (saved) => {
      check(
        saved?.method === "shrunk-sketch" && saved.version === 1,
        "shrunk-sketch",
        "it is of another kind or version",
      );
      sketches.clear();
      origin = typeof saved.values["origin"] === "number" ? saved.values["origin"] : Number.NaN;
      for (const [key, value] of Object.entries(saved.values)) {
        if (key.startsWith("/")) sketches.set(key.slice(1), sketchOf(value));
      }
    },
  };
}

function sketchOf(value: unknown): Sketch {
  const flat: unknown[] = Array.isArray(value) ? value : [];
  const bins = new Map<number, number>();
  let total = 0;
  for (let index = 0; index < flat.length; index += 2) {
    const [bin, weight] = [flat[index], flat[index + 1]];
    const holds = Number.isInteger(bin) && typeof weight === "number" && weight > 0 && Number.isFinite(weight);
    check(holds && (bin as number) >= 0 && (bin as number) < binCount, "shrunk-sketch", `${bin}: ${weight} is no bin`);
    bins.set(bin as number, weight as number);
    total += weight as number;
  }
  check(total > 0, "shrunk-sketch", "a key holds nothing");
  return { total, bins };
}

/** The part of the bins above `above`; its own bin counts by how much of it is above. */
function conditioned(bins: Float64Array, above: number, own: number): Distribution {
  const first = above > 0 ? binOf(above) : 0;
  bins.fill(0, 0, first);
  if (above > 0) bins[first] = (bins[first] ?? 0) * Math.max(0, 1 - shareBelow(first, above));
  const total = bins.reduce((sum, weight) => sum + weight, 0);
  const beyondAll = !(total > 0);
  return {
    own,
    quantile: (p) => {
      // older than anything seen: what has lasted so long lasts as long again, half of the time
      if (beyondAll) return above > 0 ? above / (1 - p) : Number.NaN;
      let sum = 0;
      for (let bin = first; bin < binCount; bin += 1) {
        sum += bins[bin] ?? 0;
        if (sum >= p * total * (1 - 1e-12)) return Math.max(above, binMiddle(bin));
      }
      return binTop(binCount - 1);
    },
    below: (value) => {
      if (!(value > above)) return 0;
      if (beyondAll) return above > 0 ? 1 - above / value : Number.NaN;
      const last = binOf(value);
      let sum = 0;
      for (let bin = first; bin < last; bin += 1) sum += bins[bin] ?? 0;
      return Math.min(1, (sum + (bins[last] ?? 0) * shareBelow(last, value)) / total);
    },
  };
}

function shareBelow(bin: number, value: number): number {
  const [bottom, top] = [binBottom(bin), binTop(bin)];
  return Math.min(1, Math.max(0, (value - bottom) / (top - bottom)));
}
