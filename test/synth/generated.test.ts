import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import { generatedFiles } from "../../src/cli/schemas.ts";

let generated: ReadonlyMap<string, string>;

beforeAll(async () => {
  generated = await generatedFiles(async (path) => readFileSync(path, "utf8"));
});

const documents = (path: string) => parseAllDocuments(generated.get(path) ?? "").map((document) => document.toJS());

describe("generated files", () => {
  it("are manifests, modules, an environment and references", () => {
    const module = (name: string) => [`terraform/modules/${name}/main.tf.json`, `terraform/modules/${name}/README.md`];
    const root = ["main.tf.json", "terraform.tfvars.json", "state.s3.tfbackend", "karpenter-controller-policy.json"];
    expect([...generated.keys()]).toEqual([
      "Karpenter/main.yml",
      "Karpenter/app-job.yml",
      "Karpenter/gpu-test-job.yml",
      ...["VPC", "IAM_EKS", "EKS", "OIDC", "IAM", "IAM/github"].flatMap(module),
      ...root.map((name) => `terraform/environments/dev/${name}`),
      ".github/workflows/cd-cd.yml",
      ".github/workflows/reaper.yml",
      "env.example",
      "docs/reference/cli.md",
      "docs/reference/faults.md",
      "docs/reference/aura.schema.json",
      "docs/reference/advice.schema.json",
      "docs/reference/simulation.schema.json",
      "docs/reference/summary.schema.json",
    ]);
  });

  // the committed files are the golden ones: a change to them is read in review
  it.each([
    "Karpenter/main.yml",
    "Karpenter/app-job.yml",
    "Karpenter/gpu-test-job.yml",
    ".github/workflows/cd-cd.yml",
    ".github/workflows/reaper.yml",
    "env.example",
    "docs/reference/aura.schema.json",
    "docs/reference/summary.schema.json",
  ])("%s is committed as generated", (path) => {
    expect(readFileSync(path, "utf8")).toBe(generated.get(path));
  });

  it("hold the dev environment's pools", () => {
    expect(documents("Karpenter/main.yml").map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "EC2NodeClass cpu",
      "EC2NodeClass gpu",
      "NodePool cpu",
      "NodePool gpu",
    ]);
  });

  it("hold the Terraform files as committed", () => {
    const terraform = [...generated].filter(([path]) => path.startsWith("terraform/"));
    expect(terraform.length).toBe(16);
    for (const [path, text] of terraform) expect(readFileSync(path, "utf8"), path).toBe(text);
  });

  it("keep pods without GPUs off GPU nodes", () => {
    const [, , cpu, gpu] = documents("Karpenter/main.yml");
    expect(cpu.spec.template.spec.taints).toBeUndefined();
    expect(gpu.spec.template.spec.taints).toEqual([{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }]);
    const [job] = documents("Karpenter/gpu-test-job.yml");
    expect(job.spec.template.spec.tolerations).toEqual([
      { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
    ]);
  });

  it("give GPU nodes room for large images", () => {
    const [cpu, gpu] = documents("Karpenter/main.yml");
    // 125 GB of NVMe at the least, on g4dn.xlarge
    expect(gpu.spec.instanceStorePolicy).toBe("RAID0");
    expect(cpu.spec.instanceStorePolicy).toBeUndefined();
  });
});
