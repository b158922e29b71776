// Gradient-boosted symmetric trees with one output for each bucket of a gap: the logits of the bucket's hazard. One walk
// through a tree moves all hazards, so one small model serves every break-even. Plain JavaScript, seeded, deterministic.

/**
 * rows: { features: Float64Array, bucket, censored, weight }[]: the gap ended in `bucket`, or (censored) was last known to
 * have outlived all before it. Gives { base, trees: [{ splits: [{ feature, threshold }], leaves: Float64Array }] }.
 */
export function boost(rows, options) {
  const { buckets, trees: count, depth, rate, shared, own, groups, shareOfFeatures, random } = options;
  const bins = binned(rows, options.bins);
  const base = baseLogits(rows, buckets);
  const logits = Float64Array.from({ length: rows.length * buckets }, (_, at) => base[at % buckets]);
  const state = {
    rows,
    buckets,
    groups,
    bins,
    logits,
    gradients: new Float64Array(logits.length),
    hessians: new Float64Array(logits.length),
  };
  const trees = [];
  for (let tree = 0; tree < count; tree += 1) {
    derive(state);
    const features = bins.map((_, feature) => feature).filter(() => random.next() < shareOfFeatures);
    const { splits, leafOf } = grow(state, { depth, features, smoothing: options.smoothing });
    const leaves = leafValues(state, leafOf, { count: 2 ** depth, rate, shared, own });
    for (let row = 0; row < rows.length; row += 1)
      for (let k = 0; k < buckets; k += 1) logits[row * buckets + k] += leaves[leafOf[row] * buckets + k];
    trees.push({
      splits: splits.map(({ feature, bin }) => ({ feature, threshold: bins[feature].edges[bin] })),
      leaves,
    });
  }
  return { base, trees };
}

/** Quantiles of each feature as limits, and each row's bin: the number of limits below its value. */
function binned(rows, bins) {
  return Array.from({ length: rows[0].features.length }, (_, feature) => {
    const values = Float64Array.from(rows, (row) => row.features[feature]).sort();
    const edges = [];
    for (let bin = 1; bin < bins; bin += 1) {
      const edge = Math.fround(values[Math.floor((bin * values.length) / bins)]);
      if (edge < values.at(-1) && edge !== edges.at(-1)) edges.push(edge);
    }
    const of = Uint8Array.from(rows, (row) => {
      let bin = 0;
      while (bin < edges.length && row.features[feature] > edges[bin]) bin += 1;
      return bin;
    });
    return { edges, of };
  });
}

function baseLogits(rows, buckets) {
  const [ended, atRisk] = [new Float64Array(buckets).fill(0.5), new Float64Array(buckets).fill(20)];
  for (const { bucket, censored, weight } of rows) {
    for (let k = 0; k < Math.min(bucket + (censored ? 0 : 1), buckets); k += 1) atRisk[k] += weight;
    if (!censored && bucket < buckets) ended[bucket] += weight;
  }
  return Float64Array.from(ended, (count, k) => Math.log(count / (atRisk[k] - count)));
}

/** First and second derivatives of the log loss of each hazard at risk; 0 where the gap was not. */
function derive({ rows, buckets, logits, gradients, hessians }) {
  gradients.fill(0);
  hessians.fill(0);
  for (let row = 0; row < rows.length; row += 1) {
    const { bucket, censored, weight } = rows[row];
    const risk = Math.min(bucket + (censored ? 0 : 1), buckets);
    for (let k = 0; k < risk; k += 1) {
      const at = row * buckets + k;
      const p = 1 / (1 + Math.exp(-logits[at]));
      gradients[at] = weight * (p - (k === bucket ? 1 : 0));
      hessians[at] = weight * Math.max(1e-4, p * (1 - p));
    }
  }
}

/** A symmetric tree: each level has one split, the one that gains most over all its leaves; buckets are judged in groups. */
function grow(state, { depth, features, smoothing }) {
  const { rows, buckets, groups, bins } = state;
  const grouped = groupSums(state);
  const leafOf = new Uint8Array(rows.length);
  const splits = [];
  for (let level = 0; level < depth; level += 1) {
    let best = { gain: Number.NEGATIVE_INFINITY, feature: features[0] ?? 0, bin: 0 };
    for (const feature of features) {
      const found = bestSplit({ ...grouped, groups, leafOf, leaves: 2 ** level, column: bins[feature], smoothing });
      if (found.gain > best.gain) best = { ...found, feature };
    }
    splits.push(best);
    const { of } = bins[best.feature];
    for (let row = 0; row < rows.length; row += 1) if (of[row] > best.bin) leafOf[row] |= 1 << level;
  }
  return { splits, leafOf, buckets };
}

function groupSums({ rows, buckets, groups, gradients, hessians }) {
  const [first, second] = [new Float64Array(rows.length * groups), new Float64Array(rows.length * groups)];
  const size = Math.ceil(buckets / groups);
  for (let row = 0; row < rows.length; row += 1)
    for (let k = 0; k < buckets; k += 1) {
      const to = row * groups + Math.floor(k / size);
      first[to] += gradients[row * buckets + k];
      second[to] += hessians[row * buckets + k];
    }
  return { first, second };
}

function bestSplit({ first, second, groups, leafOf, leaves, column, smoothing }) {
  const bins = column.edges.length + 1;
  const size = bins * groups;
  const [g, h] = [new Float64Array(leaves * size), new Float64Array(leaves * size)];
  for (let row = 0; row < leafOf.length; row += 1) {
    const to = leafOf[row] * size + column.of[row] * groups;
    for (let group = 0; group < groups; group += 1) {
      g[to + group] += first[row * groups + group];
      h[to + group] += second[row * groups + group];
    }
  }
  const gains = new Float64Array(bins);
  for (let leaf = 0; leaf < leaves; leaf += 1)
    for (let group = 0; group < groups; group += 1) {
      let [totalG, totalH] = [0, 0];
      for (let bin = 0; bin < bins; bin += 1) {
        totalG += g[leaf * size + bin * groups + group];
        totalH += h[leaf * size + bin * groups + group];
      }
      let [leftG, leftH] = [0, 0];
      for (let bin = 0; bin < bins - 1; bin += 1) {
        leftG += g[leaf * size + bin * groups + group];
        leftH += h[leaf * size + bin * groups + group];
        const [rightG, rightH] = [totalG - leftG, totalH - leftH];
        gains[bin] +=
          leftG ** 2 / (leftH + smoothing) + rightG ** 2 / (rightH + smoothing) - totalG ** 2 / (totalH + smoothing);
      }
    }
  let best = { gain: Number.NEGATIVE_INFINITY, bin: 0 };
  for (let bin = 0; bin < bins - 1; bin += 1) if (gains[bin] > best.gain) best = { gain: gains[bin], bin };
  return best;
}

/** One Newton step: first what all buckets of a leaf share (proportional hazards), then what each has of its own. */
function leafValues({ rows, buckets, gradients, hessians }, leafOf, { count, rate, shared, own }) {
  const [g, h] = [new Float64Array(count * buckets), new Float64Array(count * buckets)];
  for (let row = 0; row < rows.length; row += 1)
    for (let k = 0; k < buckets; k += 1) {
      g[leafOf[row] * buckets + k] += gradients[row * buckets + k];
      h[leafOf[row] * buckets + k] += hessians[row * buckets + k];
    }
  const values = new Float64Array(count * buckets);
  for (let leaf = 0; leaf < count; leaf += 1) {
    const [from, to] = [leaf * buckets, (leaf + 1) * buckets];
    const sum = (array) => array.subarray(from, to).reduce((total, value) => total + value, 0);
    const common = -sum(g) / (sum(h) + shared);
    for (let at = from; at < to; at += 1) values[at] = rate * (common - (g[at] + h[at] * common) / (h[at] + own));
  }
  return values;
}
