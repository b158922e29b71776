import fc from "fast-check";
import { expect, test } from "vitest";

import type { AnyObject, KubeObject } from "../../../src/cluster/objects.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import type { Entry } from "../../../src/rehearsal/core/journal.ts";
import type { Schema } from "../../../src/rehearsal/schema/schema.ts";
import { applyDefaults, prune } from "../../../src/rehearsal/schema/schema-defaults.ts";
import { loose, openCore, refOf, refusal } from "../core/objects.ts";

const text: Schema = { type: "string" };
const integer: Schema = { type: "integer" };

/** A namespaced kind `Widget` whose spec has this schema. */
const widgets = (spec: Schema, more: object = {}, versions = ["v1"]) =>
  loose({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.test.example" },
    spec: {
      group: "test.example",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"] },
      scope: "Namespaced",
      versions: versions.map((name, index) => ({
        ...{ name, served: true, storage: index === 0, subresources: { status: {} } },
        schema: { openAPIV3Schema: { type: "object", properties: { spec, status: { type: "object" } } } },
        ...more,
      })),
    },
  });
const widget = (spec: object, version = "v1") =>
  loose({ apiVersion: `test.example/${version}`, kind: "Widget", metadata: { name: "w" }, spec }) as AnyObject;
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: "object",
  properties,
  ...more,
});
const rule = (...rules: NonNullable<Schema["x-kubernetes-validations"]>) => ({ "x-kubernetes-validations": rules });

function openWidgets(spec: Schema, more?: object, versions?: string[]) {
  const opened = openCore();
  const crd = opened.core.create(widgets(spec, more, versions));
  return { ...opened, crd };
}

test("serves a kind from its definition on, until that goes", () => {
  const { core, crd } = openWidgets(object({ size: integer }));
  expect(crd).toMatchObject({
    metadata: { finalizers: ["customresourcecleanup.apiextensions.k8s.io"] },
    status: { storedVersions: ["v1"], acceptedNames: { singular: "widget", listKind: "WidgetList" } },
  });
  core.create(widget({ size: 1 }));
  core.delete(refOf(crd));
  expect([core.find(refOf(crd)), core.kinds.ofResource("test.example/v1", "widgets")]).toEqual([undefined, undefined]);
  expect(refusal(() => core.create(widget({})))?.status).toBe(404);
});

test("keeps a definition until its last object went", () => {
  const { core, crd } = openWidgets(object({}));
  const held = core.create({ ...widget({}), metadata: { name: "w", finalizers: ["test/hold"] } } as KubeObject);
  core.delete(refOf(crd));
  expect([core.read(refOf(crd)).metadata.deletionTimestamp, core.read(refOf(held)).metadata.deletionTimestamp]).toEqual(
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
  );
  core.patch(refOf(held), { metadata: { finalizers: null } });
  expect(core.find(refOf(crd))).toBeUndefined();
});

test("follows a definition that changes", () => {
  const { core, crd } = openWidgets(object({ size: integer }));
  expect(core.create(widget({ size: 1, color: "red" }))["spec"]).toEqual({ size: 1 });
  core.replace({ ...widgets(object({ size: integer, color: text })), metadata: { ...crd.metadata } });
  expect(core.patch<AnyObject>(refOf(widget({})), { spec: { color: "red" } })["spec"]).toEqual({
    size: 1,
    color: "red",
  });
});

test("shows an object in each version served", () => {
  const { core } = openWidgets(object({ size: integer }), {}, ["v1", "v2"]);
  core.create(widget({ size: 1 }, "v1"));
  const versions: string[] = [];
  core.watch({ apiVersion: "test.example/v2", kind: "Widget" }, "1", ({ object: seen }) =>
    versions.push(seen.apiVersion),
  );
  core.patch(refOf(widget({}, "v2")), { spec: { size: 2 } });
  expect(core.list({ apiVersion: "test.example/v1", kind: "Widget" }).items[0]).toMatchObject({
    apiVersion: "test.example/v1",
    spec: { size: 2 },
  });
  expect([versions, core.kinds.resources().find(({ kind }) => kind === "Widget")?.version]).toEqual([
    ["test.example/v2", "test.example/v2"],
    "v2",
  ]);
});

test("serves what was defined before a restart", () => {
  const { clock } = openCore();
  const kept: Entry[] = [];
  const open = () =>
    createCore({
      ...{ clock, random: seededRandom(1) },
      journal: {
        restored: () => structuredClone(kept),
        append: (entry) => kept.push(entry),
        flush: () => undefined,
        contents: () => undefined,
      },
    });
  const before = open();
  before.create(widgets(object({ size: { ...integer, default: 3 } })));
  before.create(widget({ size: 1 }));
  const after = open();
  expect(after.read<AnyObject>(refOf(widget({})))["spec"]).toEqual({ size: 1 });
  expect(after.create({ ...widget({}), metadata: { name: "x" } } as AnyObject)["spec"]).toEqual({ size: 3 });
});

test("selects by fields that a definition names", () => {
  const { core } = openWidgets(object({ color: text }), { selectableFields: [{ jsonPath: ".spec.color" }] });
  core.create(widget({ color: "red" }));
  const count = (fieldSelector: string) =>
    core.list({ apiVersion: "test.example/v1", kind: "Widget", fieldSelector }).items.length;
  expect([count("spec.color=red"), count("spec.color=blue")]).toEqual([1, 0]);
});

test("refuses and warns of unknown fields", () => {
  const { core } = openWidgets(object({ a: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }));
  const hostile = widget({ a: { any: 1 }, b: 1 });
  const told: string[] = [];
  expect(refusal(() => core.create(hostile, { fieldValidation: "Strict" }))?.message).toContain(
    'strict decoding error: unknown field "spec.b"',
  );
  const created = core.create(hostile, { fieldValidation: "Warn", warn: (line) => told.push(line) });
  expect([created["spec"], told]).toEqual([{ a: { any: 1 } }, ['unknown field "spec.b"']]);
});

test.each<[string, Schema, unknown, string]>([
  ["a wrong type", integer, "x", 'spec.v: Invalid value: "string": spec.v in body must be of type integer: "string"'],
  ["a text too short", { ...text, minLength: 2 }, "x", "spec.v in body should be at least 2 chars long"],
  ["a text too long", { ...text, maxLength: 2 }, "xxx", "spec.v: Too long: may not be more than 2 bytes"],
  ["a format", { ...text, format: "date-time" }, "x", 'spec.v in body must be of type date-time: "x"'],
  ["a bound", { ...integer, minimum: 1, exclusiveMinimum: true }, 1, "spec.v in body should be greater than 1"],
  ["a multiple", { ...integer, multipleOf: 2 }, 3, "spec.v in body should be a multiple of 2"],
  ["few items", { type: "array", items: text, minItems: 1 }, [], "spec.v in body should have at least 1 items"],
  ["few properties", { type: "object", minProperties: 1 }, {}, "spec.v in body should have at least 1 properties"],
  [
    "a set's twin",
    { type: "array", items: text, "x-kubernetes-list-type": "set" },
    ["a", "a"],
    'spec.v[1]: Duplicate value: "a"',
  ],
  [
    "a map's twin",
    { type: "array", items: object({ k: text }), "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] },
    [{ k: "a" }, { k: "a" }],
    'spec.v[1]: Duplicate value: {"k":"a"}',
  ],
  [
    "none of any",
    { ...integer, anyOf: [{ minimum: 5 }, { maximum: 1 }] },
    3,
    '<nil>: Invalid value: "": "spec.v" must validate at least one schema (anyOf)',
  ],
  [
    "two of one",
    { ...integer, oneOf: [{ minimum: 1 }, { minimum: 2 }] },
    3,
    "must validate one and only one schema (oneOf). Found 2 valid alternatives",
  ],
  [
    "not all",
    { ...integer, allOf: [{ minimum: 5 }, { minimum: 2 }] },
    3,
    '"spec.v" must validate all the schemas (allOf)',
  ],
  ["what is not", { ...integer, not: { minimum: 2 } }, 3, '"spec.v" must not validate the schema (not)'],
  ["int-or-string", { "x-kubernetes-int-or-string": true }, true, "must be of type integer,string"],
])("refuses %s", (_, schema, value, message) => {
  const { core } = openWidgets(object({ v: schema }));
  expect(refusal(() => core.create(widget({ v: value })))?.message).toContain(message);
});

test("takes null where that is allowed, and as absent elsewhere", () => {
  const { core } = openWidgets(object({ a: { ...text, nullable: true }, b: { ...text, default: "x" }, c: text }));
  expect(core.create(widget({ a: null, b: null, c: null }))["spec"]).toEqual({ a: null, b: "x" });
});

test.each<[string, Schema, object, string | undefined]>([
  ["a rule that holds", object({ a: integer }, rule({ rule: "self.a == 1" })), { a: 1 }, undefined],
  [
    "a rule without message",
    object({ a: integer }, rule({ rule: "self.a == 1" })),
    { a: 2 },
    "spec: Invalid value: failed rule: self.a == 1",
  ],
  [
    "a message that is reckoned",
    object({ a: integer }, rule({ rule: "self.a < 2", messageExpression: "'not ' + string(self.a)" })),
    { a: 2 },
    "spec: Invalid value: not 2",
  ],
  [
    "a reason and a path",
    object({ a: text }, rule({ rule: "has(self.a)", message: "say a", reason: "FieldValueRequired", fieldPath: ".a" })),
    {},
    "spec.a: Required value: say a",
  ],
  [
    "a value",
    object({ a: { ...text, ...rule({ rule: "self.find('[0-9]+') == '12'", message: "no" }) } }),
    { a: "x1" },
    'spec.a: Invalid value: "x1": no',
  ],
  [
    "an error",
    object({ a: { type: "array", items: integer } }, rule({ rule: "self.a[3] == 1" })),
    { a: [] },
    'spec: Invalid value: "object": index out of bounds: 3 evaluating rule: self.a[3] == 1',
  ],
  [
    "quantities",
    object({ a: text, b: text }, rule({ rule: "quantity(self.a).isLessThan(quantity(self.b))" })),
    { a: "1Gi", b: "1Mi" },
    "failed rule",
  ],
  ["odd names", object({ "a-b": integer }, rule({ rule: "self.a__dash__b == 1" })), { "a-b": 1 }, undefined],
  [
    "times",
    object({ t: { ...text, format: "date-time" } }, rule({ rule: "self.t < timestamp('2020-01-01T00:00:00Z')" })),
    { t: "2019-01-01T00:00:00Z" },
    undefined,
  ],
])("evaluates %s", (_, spec, value, message) => {
  const { core } = openWidgets(spec);
  const refused = refusal(() => core.create(widget(value)))?.message;
  if (message === undefined) expect(refused).toBeUndefined();
  else expect(refused).toContain(message);
});

test("compares with the old value where there is one", () => {
  const spec = object({
    a: { ...integer, ...rule({ rule: "self >= oldSelf", message: "never down" }) },
    b: {
      ...integer,
      ...rule({ rule: "oldSelf.hasValue() || self == 0", message: "starts at 0", optionalOldSelf: true }),
    },
  });
  const { core } = openWidgets(spec);
  expect(refusal(() => core.create(widget({ b: 1 })))?.message).toContain("starts at 0");
  core.create(widget({ a: 2, b: 0 }));
  expect(core.patch<AnyObject>(refOf(widget({})), { spec: { a: 3, b: 1 } })["spec"]).toEqual({ a: 3, b: 1 });
  expect(refusal(() => core.patch(refOf(widget({})), { spec: { a: 1 } }))?.message).toContain("never down");
});

test("lets what was wrong before stay as it was", () => {
  const { core, crd } = openWidgets(object({ a: text, b: text }));
  core.create(widget({ a: "long", b: "x" }));
  core.replace({ ...widgets(object({ a: { ...text, maxLength: 1 }, b: text })), metadata: crd.metadata });
  expect(core.patch<AnyObject>(refOf(widget({})), { spec: { b: "y" } })["spec"]).toEqual({ a: "long", b: "y" });
  expect(refusal(() => core.patch(refOf(widget({})), { spec: { a: "longer" } }))?.status).toBe(422);
});

test("gives up on rules that would take too long", () => {
  const list: Schema = { type: "array", items: integer };
  const { core } = openWidgets(
    object({ l: list }, rule({ rule: "self.l.all(a, self.l.all(b, self.l.all(c, a + b + c > 0)))" })),
  );
  const numbers = Array.from({ length: 2_000 }, () => 1);
  expect(refusal(() => core.create(widget({ l: numbers })))?.message).toContain("cost limit exceeded");
  expect(refusal(() => core.create(widget({ l: numbers.slice(0, 20) })))).toBeUndefined();
});

test("matches patterns in linear time", () => {
  const { core } = openWidgets(object({ v: { ...text, pattern: "^(a|aa)+$" } }));
  expect(refusal(() => core.create(widget({ v: `${"a".repeat(5_000)}!` })))?.status).toBe(422);
});

test.each<[string, Schema, string]>([
  ["a rule that cannot be read", object({}, rule({ rule: "self.(" })), "x-kubernetes-validations[0].rule"],
  ["a rule on a field that is not there", object({ a: text }, rule({ rule: "self.b == ''" })), "undefined field 'b'"],
  [
    "such a rule on items",
    { type: "array", items: object({ a: text }), ...rule({ rule: "self.all(x, x.b == '')" }) },
    "undefined field 'b'",
  ],
  ["a rule that is no condition", object({}, rule({ rule: "1 + 1" })), "must evaluate to a bool"],
  [
    "a field without a type",
    object({ a: {} }),
    "spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields",
  ],
  ["a list without items", object({ a: { type: "array" } }), "properties[a].items: Required value"],
  [
    "a map list without keys",
    object({ a: { type: "array", items: object({}), "x-kubernetes-list-type": "map" } }),
    "must not be empty if x-kubernetes-list-type is map",
  ],
  ["a pattern that is none", object({ a: { ...text, pattern: "(" } }), "must be a valid regular expression"],
  ["a default that does not fit", object({ a: { ...integer, default: "x" } }), "properties[a].default"],
])("refuses a definition with %s", (_, spec, message) => {
  const { core } = openCore();
  expect(refusal(() => core.create(widgets(spec)))).toMatchObject({
    status: 422,
    message: expect.stringContaining(message),
  });
});

test.each<[string, object, string]>([
  ["another name", { metadata: { name: "x.test.example" } }, 'must be spec.names.plural+"."+spec.group'],
  ["no storage version", { spec: { versions: [] } }, "must have exactly one version marked as storage version"],
  ["webhook conversion", { spec: { conversion: { strategy: "Webhook" } } }, "left out of the rehearsal on purpose"],
])("refuses a definition with %s", (_, change, message) => {
  const { core } = openCore();
  const crd = widgets(object({})) as AnyObject;
  const { spec = {}, ...rest } = change as { spec?: object };
  const made = { ...crd, ...rest, spec: { ...(crd["spec"] as object), ...spec } };
  expect(refusal(() => core.create(made))?.message).toContain(message);
});

test("does not establish a definition whose names are taken", () => {
  const { core } = openWidgets(object({}));
  const other = widgets(object({})) as AnyObject;
  const names = { plural: "gadgets", kind: "Gadget", shortNames: ["wd"] };
  const created = core.create({
    ...other,
    metadata: { name: "gadgets.test.example" },
    spec: { ...(other["spec"] as object), names },
  } as AnyObject);
  expect(created["status"]).toMatchObject({
    conditions: [
      { type: "NamesAccepted", status: "False", message: '"wd" is already in use' },
      { type: "Established", status: "False" },
    ],
  });
  expect(core.kinds.ofResource("test.example/v1", "gadgets")).toBeUndefined();
});

test("has Karpenter's kinds as definitions", () => {
  const { core } = openCore();
  const { items } = core.list({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" });
  expect(items.map(({ metadata }) => metadata.name)).toEqual([
    ...["capacitybuffers.autoscaling.x-k8s.io", "ec2nodeclasses.karpenter.k8s.aws", "nodeclaims.karpenter.sh"],
    ...["nodeoverlays.karpenter.sh", "nodepools.karpenter.sh"],
  ]);
  for (const crd of items)
    expect(refusal(() => core.replace({ ...crd, metadata: { ...crd.metadata, labels: { a: "b" } } }))).toBeUndefined();
});

const part: Schema = object({
  a: { ...integer, default: 1 },
  b: { ...object({ c: { ...text, default: "x" } }), default: {} },
});
const tree = object({
  list: { type: "array", items: part },
  map: { type: "object", additionalProperties: part },
  part,
});

test("fills in and prunes to a fixed point", () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom("a", "b", "c", "list", "map", "part", "x"), maxDepth: 4 }),
      (value) => {
        const once = structuredClone(value);
        prune(tree, once);
        applyDefaults(tree, once);
        const twice = structuredClone(once);
        expect(prune(tree, twice)).toEqual([]);
        applyDefaults(tree, twice);
        expect(twice).toEqual(once);
      },
    ),
    { seed: 4, numRuns: 500 },
  );
});
