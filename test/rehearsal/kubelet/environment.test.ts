import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Container, Node, Pod } from "../../../src/cluster/objects.ts";
import { containerEnvironment, expand } from "../../../src/rehearsal/kubelet/environment.ts";

const pod: Pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "ml", uid: "u", labels: { team: "vision" }, annotations: { "a/b": "c" } },
  spec: { containers: [] },
};
const node: Node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n" },
  status: { allocatable: { cpu: "3920m", memory: "15Gi" } },
};
const objects: Record<string, Record<string, string>> = {
  "ConfigMap settings": { lr: "0.1", epochs: "3" },
  "Secret keys": { token: "s3cret" },
};

function environment(container: Partial<Container>): Record<string, string> {
  const entries = (kind: string, name: string) => {
    const data = objects[`${kind} ${name}`];
    return data && new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value)]));
  };
  return Object.fromEntries(containerEnvironment({ pod, node, container: { name: "main", ...container }, entries }));
}

const field = (fieldPath: string) => ({ env: [{ name: "V", valueFrom: { fieldRef: { fieldPath } } }] });
const resource = (name: string, divisor?: string) => ({
  env: [{ name: "V", valueFrom: { resourceFieldRef: { resource: name, ...(divisor ? { divisor } : {}) } } }],
  resources: { limits: { memory: "2Gi" }, requests: { cpu: "1500m" } },
});

describe("containerEnvironment", () => {
  it.each([
    [field("metadata.name"), "p"],
    [field("metadata.namespace"), "ml"],
    [field("metadata.uid"), "u"],
    [field("spec.nodeName"), "n"],
    [field("metadata.labels['team']"), "vision"],
    [field("metadata.labels['none']"), ""],
    [field("metadata.annotations['a/b']"), "c"],
    [resource("limits.memory"), "2147483648"],
    [resource("limits.memory", "1Mi"), "2048"],
    [resource("requests.cpu"), "2"],
    [resource("requests.cpu", "1m"), "1500"],
    [resource("limits.cpu"), "4"],
    [{ env: [{ name: "V", valueFrom: { configMapKeyRef: { name: "settings", key: "lr" } } }] }, "0.1"],
    [{ env: [{ name: "V", valueFrom: { secretKeyRef: { name: "keys", key: "token" } } }] }, "s3cret"],
    [{ env: [{ name: "V", value: "$(A) $$(A) $(V)" }] }, "$(A) $(A) $(V)"],
    [
      {
        env: [
          { name: "A", value: "1" },
          { name: "V", value: "$(A)2" },
        ],
      },
      "12",
    ],
    [
      {
        env: [
          { name: "V", value: "$(A)2" },
          { name: "A", value: "1" },
        ],
      },
      "$(A)2",
    ],
    [{ envFrom: [{ configMapRef: { name: "settings" } }], env: [{ name: "V", value: "$(lr)" }] }, "0.1"],
    [{ envFrom: [{ configMapRef: { name: "none", optional: true } }], env: [{ name: "V" }] }, ""],
  ])("gives %j the value %s", (container, value) => {
    expect(environment(container)["V"]).toBe(value);
  });

  it("prefixes names from a source", () => {
    expect(environment({ envFrom: [{ prefix: "CFG_", configMapRef: { name: "settings" } }] })).toEqual({
      CFG_lr: "0.1",
      CFG_epochs: "3",
    });
  });

  it.each([
    [
      { env: [{ name: "V", valueFrom: { configMapKeyRef: { name: "settings", key: "none" } } }] },
      "couldn't find key none",
    ],
    [{ envFrom: [{ secretRef: { name: "none" } }] }, 'secret "none" not found'],
    [field("spec.priority"), "fieldRef spec.priority is not rehearsed"],
  ])("refuses %j", (container, message) => {
    expect(() => environment(container)).toThrow(message);
  });
});

describe("expand", () => {
  it("leaves text without references alone", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes("$")),
        (text) => expand(text, new Map()) === text,
      ),
    );
  });

  it("replaces each reference by its value", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[^$]*$/), fc.string())), (parts) => {
        const environment = new Map(parts.map(([, value], index) => [`V${index}`, value]));
        const text = parts.map(([before], index) => `${before}$(V${index})`).join("");
        return expand(text, environment) === parts.map(([before, value]) => before + value).join("");
      }),
    );
  });
});
