import fc from "fast-check";
import protobuf from "protobufjs/minimal.js";
import { expect, test } from "vitest";

import { ApiError } from "../../../src/cluster/api.ts";
import { decodeProtobuf } from "../../../src/rehearsal/wire/protobuf.ts";

/** Fields by number: text, bytes (a message, too), whole numbers; several under one number as pairs. */
type Fields = readonly (readonly [number, string | Uint8Array | number])[];

function message(fields: Fields): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, value] of fields) {
    if (typeof value === "string") writer.uint32((number << 3) | 2).string(value);
    else if (typeof value === "number") writer.uint32(number << 3).int64(value);
    else writer.uint32((number << 3) | 2).bytes(value);
  }
  return writer.finish();
}

function body(apiVersion: string, kind: string, raw: Fields): Buffer {
  const typeMeta = message([
    [1, apiVersion],
    [2, kind],
  ]);
  const unknown: Fields = [
    [1, typeMeta],
    [2, message(raw)],
  ];
  return Buffer.concat([Buffer.from("k8s\0"), message(unknown)]);
}

const named = (name: string) => message([[1, name]]);
const entry = (key: string, value: string | Uint8Array) =>
  message([
    [1, key],
    [2, value],
  ]);

test("reads maps and bytes of a secret", () => {
  const data = entry("a", Buffer.from("b"));
  const secret: Fields = [
    [1, named("s")],
    [2, data],
    [2, entry("c", Buffer.from([255]))],
    [3, "helm.sh/release.v1"],
  ];
  expect(decodeProtobuf(body("v1", "Secret", secret))).toEqual({
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } },
    ...{ data: { a: "Yg==", c: "/w==" }, type: "helm.sh/release.v1" },
  });
});

test("reads a pod with embedded types", () => {
  const quantity = message([[1, "0.5"]]);
  const container: Fields = [
    [1, "c"],
    [2, "i"],
    [3, "run"],
    [3, "it"],
    [6, message([[3, 80]])],
    [8, message([[1, entry("cpu", quantity)]])],
    [16, 0],
  ];
  const volume: Fields = [
    [1, "v"],
    [2, message([[2, message([])]])],
  ];
  const spec: Fields = [
    [1, message(volume)],
    [2, message(container)],
    [4, 0],
    [11, 0],
  ];
  const decoded = decodeProtobuf(
    body("v1", "Pod", [
      [1, named("p")],
      [2, message(spec)],
    ]),
  );
  expect(decoded["spec"]).toEqual({
    volumes: [{ name: "v", emptyDir: {} }],
    containers: [
      {
        ...{ name: "c", image: "i", command: ["run", "it"], ports: [{ containerPort: 80 }] },
        resources: { limits: { cpu: "500m" } },
      },
    ],
    terminationGracePeriodSeconds: 0,
  });
});

test("reads whole numbers, percentages and times", () => {
  const percent = message([
    [1, 1],
    [3, "50%"],
  ]);
  const budget = decodeProtobuf(body("policy/v1", "PodDisruptionBudget", [[2, message([[1, percent]])]]));
  expect(budget["spec"]).toEqual({ minAvailable: "50%" });
  const renewTime = message([
    [1, 1_767_225_600],
    [2, 5000],
  ]);
  const lease = decodeProtobuf(body("coordination.k8s.io/v1", "Lease", [[2, message([[4, renewTime]])]]));
  expect(lease["spec"]).toEqual({ renewTime: "2026-01-01T00:00:00.000005Z" });
});

test("reads options of a group's own version", () => {
  const options: Fields = [
    [1, 0],
    [4, "Background"],
  ];
  expect(decodeProtobuf(body("batch/v1", "DeleteOptions", options))).toEqual({
    ...{ apiVersion: "batch/v1", kind: "DeleteOptions", gracePeriodSeconds: 0, propagationPolicy: "Background" },
  });
});

test("gives the metadata of kinds left out", () => {
  const service = body("v1", "Service", [
    [1, named("s")],
    [2, named("x")],
  ]);
  expect(decodeProtobuf(service)).toEqual({ apiVersion: "v1", kind: "Service", metadata: { name: "s" } });
});

test("refuses bytes that are no message", () => {
  expect(() => decodeProtobuf(Buffer.from("{}"))).toThrow("does not begin with k8s");
  expect(() => decodeProtobuf(Buffer.from("k8s\0\xff\xff", "latin1"))).toThrow(ApiError);
});

test("answers any bytes with an object or a refusal", () => {
  const heads = [body("v1", "Pod", []), body("v1", "Secret", []), Buffer.from("k8s\0")];
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, tail) => {
      const inner = Buffer.concat([head, Buffer.from([18, tail.length]), tail]);
      try {
        return typeof decodeProtobuf(inner) === "object";
      } catch (error) {
        return error instanceof ApiError;
      }
    }),
    { seed: 4, numRuns: 2000 },
  );
});
