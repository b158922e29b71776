import { describe, expect, test } from "vitest";

import { seededRandom } from "../../../src/kernel/random.ts";
import { featureNames } from "../../../src/policy/release/features.ts";
import { bucketCount } from "../../../src/policy/release/gap-grid.ts";
import { HazardModel } from "../../../src/policy/release/hazard-model.ts";
import { trainedModel } from "../../../src/policy/release/trained-model.ts";

const script = (name: string) => import(new URL(`../../../scripts/${name}.mjs`, import.meta.url).href);
const { boost } = await script("train-release-boosting");
const { packed } = await script("train-release-weights");

const settings = {
  buckets: bucketCount,
  trees: 40,
  depth: 2,
  rate: 0.3,
  shared: 1,
  own: 1,
  smoothing: 1,
  groups: 4,
  bins: 16,
  shareOfFeatures: 1,
};

/** Gaps end in bucket 3 where feature 1 is above a half, and never otherwise; feature 0 is noise. */
function rows(seed: number, count = 400) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const features = Float64Array.of(random.next(), random.next());
    const returns = (features[1] as number) > 0.5;
    return { features, bucket: returns ? 3 : bucketCount, censored: !returns, weight: 1 };
  });
}

function trained(seed: number) {
  const model = boost(rows(1), { ...settings, random: seededRandom(seed) });
  return { provenance: {}, features: ["noise", "signal"], depth: 2, trees: 40, weights: packed(model, settings) };
}

const hazardsOf = (model: HazardModel, ...features: number[]) =>
  model.hazards(Float64Array.from(features), new Float64Array(bucketCount));

describe("training", () => {
  test("finds what gaps depend on", () => {
    const model = new HazardModel(trained(1));
    for (const noise of [0.1, 0.9]) {
      expect(hazardsOf(model, noise, 0.9)[3]).toBeGreaterThan(0.9);
      expect(hazardsOf(model, noise, 0.1)[3]).toBeLessThan(0.05);
      expect(hazardsOf(model, noise, 0.9)[2]).toBeLessThan(0.05);
    }
  });

  test("gives the same weights for the same seed", () => {
    expect(trained(2).weights).toBe(trained(2).weights);
  });
});

describe("the committed weights", () => {
  const model = new HazardModel(trainedModel);

  test("are of the features in use", () => {
    expect(trainedModel.features).toEqual(featureNames);
    expect(trainedModel.weights.length).toBeLessThan(100_000);
  });

  test("say where they come from", () => {
    expect(trainedModel.provenance).toMatchObject({
      script: "scripts/train-release.mjs",
      seed: expect.any(Number),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });

  test("give probabilities for any features", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round += 1) {
      const features = featureNames.map(() => 30 * random.next() - 5);
      for (const hazard of hazardsOf(model, ...features)) {
        expect(hazard).toBeGreaterThan(0);
        expect(hazard).toBeLessThan(1);
      }
    }
  });
});
