import { expect, test } from "vitest";

import { decodeBuiltin } from "../../../src/rehearsal/schema/builtin-decode.ts";
import { builtinSchema, typeNameOf } from "../../../src/rehearsal/schema/builtin-types.ts";
import { canonicalQuantity } from "../../../src/rehearsal/schema/canonical-quantity.ts";

const podSchema = builtinSchema("v1", "Pod")?.properties?.["spec"];

test("shares the parts of its schemas", () => {
  const template = builtinSchema("batch/v1", "Job")?.properties?.["spec"]?.properties?.["template"];
  expect(podSchema && typeNameOf(podSchema)).toBe("PodSpec");
  expect(template?.properties?.["spec"]).toBe(podSchema);
  expect(builtinSchema("v1", "Nope")).toBeUndefined();
});

test("knows how lists and maps merge", () => {
  const { containers, tolerations, nodeSelector, volumes } = podSchema?.properties ?? {};
  const byName = { "x-kubernetes-list-map-keys": ["name"], "x-kubernetes-patch-merge-key": "name" };
  expect(containers).toMatchObject({ ...byName, "x-kubernetes-patch-strategy": "merge" });
  expect(volumes).toMatchObject({ ...byName, "x-kubernetes-patch-strategy": "merge,retainKeys" });
  expect(tolerations).toMatchObject({ "x-kubernetes-list-type": "atomic" });
  expect(nodeSelector).toMatchObject({ "x-kubernetes-map-type": "atomic" });
});

test("takes fields of embedded types as own", () => {
  const volume = podSchema?.properties?.["volumes"]?.items;
  expect(volume?.properties).toMatchObject({ name: { type: "string" }, emptyDir: { type: "object" } });
  expect(volume?.required).toEqual(["name"]);
});

test("writes back what Go would", () => {
  const metadata = { name: "a", creationTimestamp: null, labels: {} };
  const container = { name: "c", image: "", stdin: false, resources: { limits: { cpu: 0.5, memory: "1024Mi" } } };
  const status = { conditions: [{ type: "X", status: "True" }] };
  const spec = { containers: [container], terminationGracePeriodSeconds: 0, hostNetwork: false };
  expect(decodeBuiltin("Pod", { metadata, spec, status }).value).toEqual({
    metadata: { name: "a" },
    spec: {
      containers: [{ name: "c", resources: { limits: { cpu: "500m", memory: "1Gi" } } }],
      terminationGracePeriodSeconds: 0,
    },
    status: { conditions: [{ type: "X", status: "True", lastProbeTime: null, lastTransitionTime: null }] },
  });
});

test("names the fields that it drops", () => {
  const { value, unknown } = decodeBuiltin("Pod", {
    metadata: { x: 1 },
    spec: { containers: [{ name: "c", foo: 1 }] },
  });
  expect(unknown).toEqual(["metadata.x", "spec.containers[0].foo"]);
  expect(value).not.toHaveProperty("metadata.x");
});

test.each<[object, string]>([
  [{ containers: {} }, "cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container"],
  [{ containers: [1] }, "cannot unmarshal number into Go struct field PodSpec.spec.containers of type v1.Container"],
  [{ restartPolicy: 1 }, "number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy"],
  [{ activeDeadlineSeconds: 1.5 }, "number 1.5 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64"],
  [{ priority: 3e9 }, "number 3000000000 into Go struct field PodSpec.spec.priority of type int32"],
  [{ nodeSelector: { a: 1 } }, "number into Go struct field PodSpec.spec.nodeSelector of type string"],
  [{ hostNetwork: "yes" }, "string into Go struct field PodSpec.spec.hostNetwork of type bool"],
])("refuses a value of a wrong type: %j", (spec, message) => {
  expect(() => decodeBuiltin("Pod", { spec })).toThrow(message);
});

test("refuses bytes and times that are none", () => {
  expect(() => decodeBuiltin("Secret", { data: { a: "?" } })).toThrow("illegal base64 data at input byte 0");
  expect(() => decodeBuiltin("Lease", { spec: { renewTime: "now" } })).toThrow('parsing time "now" as');
  expect(decodeBuiltin("Lease", { spec: { renewTime: "2026-01-01T01:00:00.5+01:00" } }).value).toMatchObject({
    spec: { renewTime: "2026-01-01T00:00:00.500000Z" },
  });
});

test.each([
  ["0.5", "500m"],
  ["1000m", "1"],
  ["1024Mi", "1Gi"],
  ["1.5Gi", "1536Mi"],
  ["512Ki", "512Ki"],
  ["0.5Ki", "512"],
  ["2500k", "2500k"],
  ["1e3", "1e3"],
  ["0.0000000001", "1n"],
  ["-1Gi", "-1Gi"],
  ["0", "0"],
  ["x", undefined],
  [".", undefined],
])("writes quantity %s as %s", (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});
