import { describe, expect, it } from "vitest";

import { type KarpenterStepOptions, karpenterStep } from "../../../src/cli/targets/karpenter-step.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { inProcessApi } from "../../../src/rehearsal/core/api-client.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import { type Answer, fakeHelm, gone } from "../../aws/helm/fake-helm.ts";
import { environmentOf } from "../../aws/karpenter/environments.ts";

const { signal } = new AbortController();

function world(answers: Readonly<Record<string, readonly Answer[]>> = {}, changes: Partial<KarpenterStepOptions> = {}) {
  const { options, verbs } = fakeHelm(answers);
  const api = inProcessApi(createCore({ clock: options.clock, random: seededRandom(1) }));
  const warnings: string[] = [];
  const step = karpenterStep({
    ...options,
    environment: environmentOf({ aws: { charts: { karpenterCrd: "/c", karpenter: "/k", devicePlugin: "/d" } } }),
    roleArn: async () => "arn:aws:iam::123456789012:role/k",
    connect: async () => api,
    instances: { list: async () => [], terminate: async () => {} },
    warn: (message) => warnings.push(message),
    ...changes,
  });
  return { step, verbs, warnings };
}

const noHelm = { find: async () => undefined, run: async () => ({ code: 0, signal: null, stdout: "", stderr: "" }) };

describe("the karpenter step", () => {
  it("is absent where helm knows nothing", async () => {
    const { step } = world({ history: [gone] });
    expect(await step.observe(signal)).toBe("absent");
  });

  it("is not absent while an instance runs", async () => {
    const instances = { list: async () => ["i-1"], terminate: async () => {} };
    const { step } = world({ history: [gone] }, { instances });
    expect(await step.observe(signal)).toBe("partial");
  });

  it("installs CRDs, then Karpenter, then the plugin", async () => {
    const { step, verbs } = world({ history: [gone] }, { readyTimeoutMs: 1000 });
    await expect(step.ensure(signal)).rejects.toMatchObject({
      code: "NOT_READY",
      details: { problems: ["there is no Deployment karpenter in kube-system: its chart is not installed"] },
    });
    expect(verbs().filter((verb) => verb === "upgrade")).toHaveLength(3);
  });

  it("needs a cluster that answers", async () => {
    const { step } = world({}, { connect: async () => undefined });
    await expect(step.ensure(signal)).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
  });

  it("is undone without helm, and says so", async () => {
    const { step, warnings } = world({}, { commands: noHelm });
    expect(await step.observe(signal)).toBe("partial");
    await step.undo(signal);
    expect(warnings).toEqual(["helm is not on PATH; it goes with the cluster"]);
  });

  it("is undone without Terraform's outputs", async () => {
    const roleArn = async () => {
      throw new Error("no outputs");
    };
    const { step, verbs } = world({}, { roleArn });
    expect(await step.observe(signal)).toBe("partial");
    await step.undo(signal);
    expect(verbs().filter((verb) => verb === "uninstall")).toHaveLength(3);
  });

  it("stops when it is interrupted", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stop"));
    const { step } = world();
    await expect(step.undo(controller.signal)).rejects.toThrow("stop");
  });
});
