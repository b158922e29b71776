import fc from "fast-check";
import { expect, test } from "vitest";

import { jsonPatch } from "../../../src/rehearsal/core/json-patch.ts";
import { mergePatch } from "../../../src/rehearsal/core/merge-patch.ts";
import { strategicMerge } from "../../../src/rehearsal/core/strategic-merge.ts";
import { nodePool, openCore, refOf, refusal } from "./objects.ts";

// The examples of RFC 7386, appendix A.
test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("merge patch of %j by %j", (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test("merge patch twice changes nothing more", () => {
  const value = fc.dictionary(
    fc.constantFrom("a", "b"),
    fc.oneof(
      fc.constant(null),
      fc.integer(),
      fc.dictionary(fc.constantFrom("x", "y"), fc.oneof(fc.constant(null), fc.integer())),
    ),
  );
  fc.assert(
    fc.property(value, value, (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
    { seed: 5 },
  );
});

// Mostly the examples of RFC 6902, appendix A.
test.each([
  [{ foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { baz: "qux", foo: "bar" }],
  [{ foo: ["bar", "baz"] }, [{ op: "add", path: "/foo/1", value: "qux" }], { foo: ["bar", "qux", "baz"] }],
  [{ baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], { foo: "bar" }],
  [{ foo: ["a", "b", "c"] }, [{ op: "remove", path: "/foo/1" }], { foo: ["a", "c"] }],
  [{ baz: "qux" }, [{ op: "replace", path: "/baz", value: "boo" }], { baz: "boo" }],
  [
    { foo: { bar: "baz" }, qux: {} },
    [{ op: "move", from: "/foo/bar", path: "/qux/thud" }],
    { foo: {}, qux: { thud: "baz" } },
  ],
  [{ foo: ["a", "b", "c"] }, [{ op: "move", from: "/foo/0", path: "/foo/2" }], { foo: ["b", "c", "a"] }],
  [{ a: { b: 1 } }, [{ op: "copy", from: "/a", path: "/c" }], { a: { b: 1 }, c: { b: 1 } }],
  [{ foo: ["a"] }, [{ op: "add", path: "/foo/-", value: ["b"] }], { foo: ["a", ["b"]] }],
  [{ "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "/": 9, "~1": 10 }],
  [{ foo: 1 }, [{ op: "replace", path: "", value: { bar: 2 } }], { bar: 2 }],
])("json patch of %j by %j", (target, patch, expected) => {
  expect(jsonPatch(target, patch)).toEqual(expected);
});

test.each([
  [{ foo: "bar" }, { op: "test", path: "/foo", value: "no" }, 422],
  [{ foo: "bar" }, { op: "remove", path: "/none" }, 422],
  [{ foo: "bar" }, { op: "replace", path: "/none", value: 1 }, 422],
  [{ foo: "bar" }, { op: "add", path: "/a/b", value: 1 }, 422],
  [{ foo: [] }, { op: "add", path: "/foo/1", value: 1 }, 422],
  [{ foo: [] }, { op: "add", path: "/foo/01", value: 1 }, 422],
  [{ foo: 1 }, { op: "add", path: "foo", value: 1 }, 422],
  [{ foo: 1 }, { op: "add", path: "/__proto__", value: { polluted: true } }, 422],
  [{ foo: 1 }, { op: "add", path: "/constructor/prototype/polluted", value: true }, 422],
  [{ foo: 1 }, { op: "explode", path: "/foo" }, 400],
])("json patch of %j by %j is refused", (target, operation, status) => {
  expect(refusal(() => jsonPatch(target, [operation]))).toMatchObject({ status });
  expect({}).not.toHaveProperty("polluted");
});

const containers = [
  { name: "a", image: "1", env: [{ name: "X", value: "1" }] },
  { name: "b", image: "1" },
];
const parts = openCore().core.kinds.of({ apiVersion: "v1", kind: "Pod" }).schema?.properties;
/** The fields of a pod's metadata, spec and status side by side. */
const podFields = Object.assign({}, ...["metadata", "spec", "status"].map((name) => parts?.[name]?.properties));

test.each<[string, object, object, object]>([
  [
    "merges items by name",
    { containers },
    { containers: [{ name: "b", image: "2" }] },
    { containers: [containers[0], { name: "b", image: "2" }] },
  ],
  [
    "merges inner lists too",
    { containers: [containers[0]] },
    { containers: [{ name: "a", env: [{ name: "Y", value: "2" }] }] },
    {
      containers: [
        {
          ...containers[0],
          env: [
            { name: "Y", value: "2" },
            { name: "X", value: "1" },
          ],
        },
      ],
    },
  ],
  [
    "puts new items first",
    { conditions: [{ type: "A" }] },
    { conditions: [{ type: "B" }] },
    { conditions: [{ type: "B" }, { type: "A" }] },
  ],
  [
    "deletes an item",
    { containers },
    { containers: [{ name: "a", $patch: "delete" }] },
    { containers: [containers[1]] },
  ],
  [
    "replaces a list",
    { containers },
    { containers: [{ $patch: "replace" }, { name: "c" }] },
    { containers: [{ name: "c" }] },
  ],
  ["replaces an object", { a: { x: 1 } }, { a: { $patch: "replace", y: 2 } }, { a: { y: 2 } }],
  [
    "replaces atomic lists",
    { tolerations: [{ key: "a" }] },
    { tolerations: [{ key: "b" }] },
    { tolerations: [{ key: "b" }] },
  ],
  [
    "orders items",
    { containers },
    { containers: [], "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] },
    { containers: [containers[1], containers[0]] },
  ],
  ["unites sets", { finalizers: ["a"] }, { finalizers: ["b"] }, { finalizers: ["b", "a"] }],
  [
    "deletes from sets",
    { finalizers: ["a", "b"] },
    { "$deleteFromPrimitiveList/finalizers": ["a"] },
    { finalizers: ["b"] },
  ],
  ["deletes a field", { x: 1, y: 2 }, { x: null }, { y: 2 }],
  [
    "takes the first port of a number, as upstream does",
    { containers: [{ name: "a", ports: [{ containerPort: 53 }, { containerPort: 53, protocol: "UDP" }] }] },
    { containers: [{ name: "a", ports: [{ containerPort: 53, name: "dns" }] }] },
    {
      containers: [
        {
          name: "a",
          ports: [
            { containerPort: 53, name: "dns" },
            { containerPort: 53, protocol: "UDP" },
          ],
        },
      ],
    },
  ],
])("strategic patch %s", (_, target, patch, expected) => {
  expect(strategicMerge({ type: "object", properties: podFields }, target, patch)).toEqual(expected);
});

test("refuses strategic patches of custom kinds", () => {
  const { core } = openCore();
  const pool = core.create(nodePool("p"));
  expect(refusal(() => core.patch(refOf(pool), { spec: { weight: 1 } }, { type: "strategic" }))?.status).toBe(415);
});
