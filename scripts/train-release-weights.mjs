// Writes a boosted model as the few bytes that src/policy/release/hazard-model.ts reads.

/** Base64: base as float32; for each tree its features, thresholds, scale and leaves as int8. */
export function packed({ base, trees }, { depth }) {
  const floats = (values) => Buffer.from(Float32Array.from(values).buffer);
  const parts = [floats(base)];
  for (const { splits, leaves } of trees) {
    const scale = Math.fround(Math.max(1e-9, ...leaves.map(Math.abs)) / 127);
    if (splits.length !== depth) throw new Error(`a tree has ${splits.length} levels, not ${depth}`);
    parts.push(Buffer.from(splits.map(({ feature }) => feature)));
    parts.push(floats(splits.map(({ threshold }) => threshold)), floats([scale]));
    parts.push(Buffer.from(Int8Array.from(leaves, (value) => Math.round(value / scale)).buffer));
  }
  return Buffer.concat(parts).toString("base64");
}

/** The TypeScript module with the weights, in lines of 100 letters. */
export function moduleOf({ provenance, features, depth, trees, weights }) {
  const lines = weights.match(/.{1,100}/g) ?? [];
  const json = JSON.stringify({ provenance, features, depth, trees }, null, 2).slice(0, -2);
  return `// Written by scripts/train-release.mjs (npm run train:release): change that, not this.
import type { TrainedModel } from "./hazard-model.ts";

/** Hazards of gaps between GPU jobs, learned from the traces that \`provenance\` names. */
export const trainedModel: TrainedModel = ${json},
  "weights": [
${lines.map((line) => `    "${line}",`).join("\n")}
  ].join("")
};
`;
}
