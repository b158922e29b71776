import fc from "fast-check";
import { expect, test } from "vitest";

import type { ConfigMap, ManagedFieldsEntry, Pod } from "../../../src/cluster/objects.ts";
import {
  difference,
  type FieldSet,
  fieldsOf,
  intersection,
  pathsOf,
  union,
} from "../../../src/rehearsal/core/field-sets.ts";
import type { Schema } from "../../../src/rehearsal/schema/schema.ts";
import { configMap, loose, nodePool, openCore, pod, refOf, refusal } from "./objects.ts";

const managers = ({ metadata }: { metadata: { managedFields?: ManagedFieldsEntry[] } }) =>
  (metadata.managedFields ?? []).map(({ manager, operation, subresource = "" }) =>
    `${manager} ${operation} ${subresource}`.trim(),
  );

test("forgets owners when told to, until somebody applies", () => {
  const { core } = openCore();
  const ref = refOf(core.create(configMap("a", { k: "1" }), { fieldManager: "creator" }));
  core.patch(ref, [{ op: "replace", path: "/metadata/managedFields", value: [{}] }], { type: "json" });
  expect(managers(core.patch(ref, { data: { l: "1" } }, { fieldManager: "editor" }))).toEqual([]);
  const apply = () => core.apply<ConfigMap>(configMap("a", { k: "2" }), { fieldManager: "me" });
  expect(refusal(apply)?.message).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k',
  );
  const forced = core.apply<ConfigMap>(configMap("a", { k: "2" }), { fieldManager: "me", force: true });
  expect([managers(forced), forced.data]).toEqual([["me Apply", "before-first-apply Update"], { k: "2", l: "1" }]);
});

test("keeps owners where a write leaves them out", () => {
  const { core } = openCore();
  const created = core.create(configMap("a", { k: "1" }), { fieldManager: "creator" });
  const replaced = core.replace(configMap("a", { k: "1", l: "1" }), { fieldManager: "editor" });
  const emptied = core.patch(refOf(created), { metadata: { managedFields: [] } });
  expect([managers(replaced), managers(emptied)]).toEqual([
    ["creator Update", "editor Update"],
    ["creator Update", "editor Update"],
  ]);
});

test("moves client-side applies over, as kubectl does", () => {
  const { core } = openCore();
  const created = core.create(configMap("a", { k: "1", l: "1" }), { fieldManager: "kubectl-client-side-apply" });
  const [entry] = created.metadata.managedFields ?? [];
  const moved = { ...entry, manager: "kubectl", operation: "Apply" };
  core.patch(refOf(created), [{ op: "replace", path: "/metadata/managedFields", value: [moved] }], { type: "json" });
  const applied = core.apply<ConfigMap>(configMap("a", { k: "2" }), { fieldManager: "kubectl" });
  expect([managers(applied), applied.data]).toEqual([["kubectl Apply"], { k: "2" }]);
});

test("takes ports of one number and protocol for the same", () => {
  const { core } = openCore();
  const withPort = (port: object) =>
    loose({ ...pod("p"), spec: { containers: [{ name: "c", image: "i", ports: [port] }] } });
  core.apply(withPort({ containerPort: 53 }), { fieldManager: "me" });
  const applied = core.apply<Pod>(withPort({ containerPort: 53, protocol: "TCP" }) as Pod, { fieldManager: "me" });
  expect(applied.spec?.containers[0]?.ports).toEqual([{ containerPort: 53, protocol: "TCP" }]);
});

test("owns an atomic map as a whole", () => {
  const { core } = openCore();
  const withLabels = (labels: object) =>
    nodePool("n", {
      template: {
        metadata: { labels },
        spec: (nodePool("n") as never as { spec: { template: { spec: object } } }).spec.template.spec,
      },
    });
  core.apply(withLabels({ a: "1" }), { fieldManager: "one" });
  expect(refusal(() => core.apply(withLabels({ a: "1", b: "1" }), { fieldManager: "two" }))?.message).toBe(
    'Apply failed with 1 conflict: conflict with "one": .spec.template.metadata.labels',
  );
});

test("applies a scale and owns its replicas", () => {
  const { core } = openCore();
  core.create(nodePool("n", { replicas: 1 }), { fieldManager: "creator" });
  const scale = { ...refOf(nodePool("n")), spec: { replicas: 3 } };
  const apply = (force: boolean) => core.apply(loose(scale), { fieldManager: "scaler", subresource: "scale", force });
  expect(refusal(() => apply(false))?.message).toContain(
    'conflict with "creator" using karpenter.sh/v1: .spec.replicas',
  );
  expect(apply(true)).toMatchObject({ kind: "Scale", spec: { replicas: 3 } });
  expect(managers(core.read(refOf(nodePool("n"))))).toEqual(["scaler Apply scale", "creator Update"]);
});

test("tells ten updating managers apart", () => {
  const { core, clock } = openCore();
  const ref = refOf(core.create(configMap("a", { k0: "v" }), { fieldManager: "m0" }));
  for (let index = 1; index <= 14; index += 1) {
    clock.advance(1000);
    core.patch(ref, { data: { [`k${index}`]: "v" } }, { fieldManager: `m${index}` });
  }
  const names = managers(core.read(ref));
  expect([names.length, names.includes("ancient-changes Update"), names.includes("m14 Update")]).toEqual([
    10,
    true,
    true,
  ]);
});

const schema: Schema = {
  type: "object",
  properties: {
    list: {
      type: "array",
      items: { type: "object" },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["k"],
    },
    set: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
  },
};
const word = fc.constantFrom("a", "b", "c");
const value = fc.record(
  {
    list: fc.uniqueArray(fc.record({ k: word, v: word }), { selector: ({ k }) => k }),
    set: fc.uniqueArray(word),
    m: fc.dictionary(word, word),
  },
  { requiredKeys: [] },
);
const texts = (set: FieldSet) =>
  pathsOf(set)
    .map((path) => path.join(" "))
    .sort();

test("reckons with field sets as with sets of paths", () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [x, y] = [fieldsOf(schema, a), fieldsOf(schema, b)];
      const [left, right] = [new Set(texts(x)), new Set(texts(y))];
      expect(texts(union(x, y))).toEqual([...new Set([...left, ...right])].sort());
      expect(texts(intersection(x, y))).toEqual([...left].filter((path) => right.has(path)).sort());
      expect(texts(difference(x, y))).toEqual([...left].filter((path) => !right.has(path)).sort());
    }),
    { seed: 7, numRuns: 500 },
  );
});
