import { expect, test } from "vitest";

import { devicePlugin } from "../../../src/cli/targets/kubernetes/device-plugin.ts";
import { ApiError, type ObjectApi } from "../../../src/cluster/api.ts";
import type { EC2NodeClass } from "../../../src/cluster/objects.ts";
import type { Environment } from "../../../src/spec/environment.ts";

const environment = { name: "mine" } as Environment;
const nodeClass = (alias: string) => ({ spec: { amiSelectorTerms: [{ alias }] } }) as unknown as EC2NodeClass;
const al2023 = nodeClass("al2023@v20261112");
const daemon = (image: string, tolerations?: object[]) => ({
  kind: "DaemonSet",
  metadata: { namespace: "kube-system", name: "plugin" },
  spec: { template: { spec: { containers: [{ image }], ...(tolerations && { tolerations }) } } },
});
const nvidia = "nvcr.io/nvidia/k8s-device-plugin:v0.20.0";
const ofGpus = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" };

const cluster = (...items: object[]) => ({ list: async () => ({ items }) }) as unknown as ObjectApi;

test.each([
  [[daemon(nvidia, [ofGpus, { key: "aura.dev/environment", operator: "Exists" }])], "let in"],
  [[daemon(nvidia, [{ operator: "Exists" }])], "let in"],
  [[daemon(nvidia, [ofGpus]), daemon("mirror/nvidia-device-plugin:1", [{ operator: "Exists" }])], "let in"],
  [[daemon("fluent-bit:3")], "not found"],
  [
    [daemon(nvidia, [{ key: "aura.dev/environment", value: "other", effect: "NoSchedule" }])],
    { keptOut: expect.stringContaining("tolerations/-") },
  ],
  [[daemon(nvidia)], { keptOut: expect.stringContaining('"path":"/spec/template/spec/tolerations","value":[{') }],
])("a device plugin is let in by its tolerations: %j", async (daemons, expected) => {
  expect(await devicePlugin(cluster(...daemons), environment, al2023)).toEqual(expected);
});

test("Bottlerocket brings its own plugin", async () => {
  expect(await devicePlugin(cluster(daemon(nvidia)), environment, nodeClass("bottlerocket@v1.50.0"))).toBe("let in");
});

test("who may not look does without", async () => {
  const list = () => Promise.reject(new ApiError(403, "Forbidden", "no"));
  expect(await devicePlugin({ list } as unknown as ObjectApi, environment, al2023)).toBe("unknown");
});
