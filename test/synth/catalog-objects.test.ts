import { expect, test } from "vitest";

import { catalogNames } from "../../src/cli/catalog-names.ts";
import type { KubeObject } from "../../src/cluster/objects.ts";
import { loadEnvironment } from "../../src/spec/load.ts";
import { sharedPools } from "../../src/synth/kubernetes/node-pools.ts";
import { synthesizeObjects } from "../../src/synth/kubernetes/objects.ts";
import { openCore } from "../rehearsal/core/objects.ts";

const known = catalogNames();
const families = known.families.filter(({ gpu }) => gpu).map(({ name }) => name);
const facts = { run: "e1-20261125-080000-abcd", expiresAt: Date.UTC(2026, 10, 25) };

function objectsOf(region: string, family: string): KubeObject[] {
  const file = { name: "e1", region, pools: { gpu: { families: [family] }, cpu: { families: ["m7i"] } } };
  const environment = loadEnvironment({ path: "/x/aura.yaml", text: JSON.stringify(file), variables: {}, known });
  return [
    ...synthesizeObjects(environment, facts),
    ...sharedPools(environment, "default", { "aura.dev/run": facts.run }),
  ];
}

/** What the server makes of an object beyond what it was given; only defaults may be added. */
function lost(given: unknown, kept: unknown, path = ""): string[] {
  if (typeof given !== "object" || given === null) return given === kept ? [] : [path];
  return Object.entries(given).flatMap(([key, value]) =>
    lost(value, (kept as Record<string, unknown> | undefined)?.[key], `${path}.${key}`),
  );
}

test.each(known.regions.map((region) => [region]))("Karpenter's CRDs take every GPU family in %s", (region) => {
  const { core } = openCore();
  for (const family of families) {
    for (const object of objectsOf(region, family)) {
      const given = structuredClone({
        ...object,
        metadata: { ...object.metadata, name: `${object.metadata.name}.${family}` },
      });
      const kept = core.create(structuredClone(given));
      expect(lost(given, kept), `${object.kind} ${family}`).toEqual([]);
    }
  }
});

test("a node class with a field too many is noticed", () => {
  const { core } = openCore();
  const object = objectsOf("us-east-1", "g5").find(({ kind }) => kind === "EC2NodeClass") as KubeObject & {
    spec: object;
  };
  const given = { ...object, spec: { ...object.spec, spotPrice: "1" } };
  expect(lost(given, core.create(structuredClone(given)))).toEqual([".spec.spotPrice"]);
});
