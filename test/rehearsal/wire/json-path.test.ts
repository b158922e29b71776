import { expect, test } from "vitest";

import { jsonPath } from "../../../src/rehearsal/wire/json-path.ts";

const object = {
  metadata: { labels: { "a.b/c": "label" } },
  spec: { replicas: 0, list: [{ name: "x" }, { name: "y" }] },
  status: {
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Other", status: "False" },
    ],
  },
};

test.each([
  [".spec.replicas", [0]],
  ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
  [".status.conditions[?(@.type=='Other')].status", ["False"]],
  [".metadata.labels.a\\.b/c", ["label"]],
  [".metadata.labels['a.b/c']", ["label"]],
  [".spec.list[1].name", ["y"]],
  [".spec.list[*].name", ["x", "y"]],
  [".spec.missing.deeper", []],
  [".spec.constructor", []],
])("finds what is at %s", (path, found) => {
  expect(jsonPath(object, path)).toEqual(found);
});
