import { type Distribution, distribution } from "./distribution.ts";
import type { Saved } from "./forecaster.ts";
import { binCount, binOf } from "./log-bins.ts";
import { check, checkMethod } from "./memory.ts";

export interface ShrunkSketchOptions {
  /** After this time a value weighs half. */
  readonly halfLifeSeconds: number;
  /** So many values of its own make a key believed as much as what is known more generally; n / (n + 5) by default. */
  readonly priorWeight?: number | undefined;
  /** Keys remembered; the one that was not added to for the longest time is forgotten first. */
  readonly maxKeys?: number | undefined;
}

export interface SketchKey {
  readonly key: string;
  /** After so many more values of this key a value weighs half; absent: only time counts. */
  readonly halfLifeValues?: number | undefined;
}

/** The distribution of a positive value under several keys, from the most particular to the most general. */
export interface ShrunkSketch {
  add(keys: readonly SketchKey[], value: number, atSeconds: number): void;
  at(keys: readonly SketchKey[], atSeconds: number): Distribution;
  save(): Saved;
  restore(saved: Saved): void;
}

interface Sketch {
  total: number;
  readonly bins: Map<number, number>;
  /** Binary logarithm of what a value weighs here, beside what its time adds. */
  grown: number;
}

/** Weights are divided by 2^400, or a power of it, when they reach that. */
const tooHigh = 400;
const negligible = 1e-9;

/**
 * Quantile sketches of logarithmic bins by key, blended: the most particular key has weight n / (n + 5), the next one
 * the same part of what is left, and so on. New values weigh more instead of old ones less, so that no sketch is touched
 * but those added to.
 */
export function shrunkSketch(options: ShrunkSketchOptions): ShrunkSketch {
  const { halfLifeSeconds, priorWeight = 5, maxKeys = 20_000 } = options;
  const sketches = new Map<string, Sketch>();
  let origin = Number.NaN;
  const age = (atSeconds: number) => (atSeconds - origin) / halfLifeSeconds;

  const countIn = (sketch: Sketch, time: number) => sketch.total / 2 ** (time + sketch.grown);

  return {
    add: (keys, value, atSeconds) => {
      if (!(value >= 0) || !Number.isFinite(atSeconds)) return;
      if (Number.isNaN(origin)) origin = atSeconds;
      for (const key of keys) put(sketches, key, binOf(value), age(atSeconds));
      while (sketches.size > maxKeys) sketches.delete(sketches.keys().next().value as string);
    },
    at: (keys, atSeconds) => {
      const bins = new Float64Array(binCount);
      let left = 1;
      let own = 0;
      for (const [index, { key }] of keys.entries()) {
        const sketch = sketches.get(key);
        if (sketch === undefined) continue;
        const count = countIn(sketch, age(atSeconds));
        if (index === 0) own = count;
        const share = (left * count) / (count + priorWeight);
        left -= share;
        for (const [bin, weight] of sketch.bins) bins[bin] = (bins[bin] as number) + (share * weight) / sketch.total;
      }
      return distribution(bins, own);
    },
    save: () => ({
      method: "shrunk-sketch",
      version: 1,
      values: {
        origin: Number.isNaN(origin) ? null : origin,
        ...Object.fromEntries([...sketches].map(([key, { grown, bins }]) => [`/${key}`, [grown, ...[...bins].flat()]])),
      },
    }),
    restore: (saved) => {
      checkMethod(saved, "shrunk-sketch");
      sketches.clear();
      origin = typeof saved.values["origin"] === "number" ? saved.values["origin"] : Number.NaN;
      for (const [key, value] of Object.entries(saved.values)) {
        if (key.startsWith("/")) sketches.set(key.slice(1), sketchOf(value));
      }
    },
  };
}

/** `time`: binary logarithm of what the value weighs for being of its time. */
function put(sketches: Map<string, Sketch>, to: SketchKey, bin: number, time: number): void {
  const { key, halfLifeValues = Number.POSITIVE_INFINITY } = to;
  const sketch = sketches.get(key) ?? { total: 0, bins: new Map<number, number>(), grown: 0 };
  sketch.grown += 1 / halfLifeValues;
  if (time + sketch.grown > tooHigh) lighten(sketch, tooHigh * Math.floor((time + sketch.grown) / tooHigh));
  const weight = 2 ** (time + sketch.grown);
  sketch.total += weight;
  sketch.bins.set(bin, (sketch.bins.get(bin) ?? 0) + weight);
  sketches.delete(key);
  sketches.set(key, sketch);
}

/** Divides its weights by 2^`by`. */
function lighten(sketch: Sketch, by: number): void {
  sketch.grown -= by;
  const before = sketch.total;
  sketch.total = 0;
  for (const [bin, weight] of sketch.bins) {
    const lighter = weight * 2 ** -by;
    if (weight < negligible * before || lighter === 0) sketch.bins.delete(bin);
    else {
      sketch.bins.set(bin, lighter);
      sketch.total += lighter;
    }
  }
}

function sketchOf(value: unknown): Sketch {
  const [grown, ...flat]: unknown[] = Array.isArray(value) ? value : [];
  check(typeof grown === "number", "shrunk-sketch", "a key holds nothing");
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
  return { total, bins, grown };
}
