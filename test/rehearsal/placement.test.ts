import { expect, it } from "vitest";

import { catalogNames } from "../../src/cli/catalog-names.ts";
import type { Job } from "../../src/cluster/objects.ts";
import { placementProblems } from "../../src/rehearsal/placement.ts";
import { loadEnvironment } from "../../src/spec/load.ts";

const known = catalogNames();

function environment(families: readonly string[]) {
  const text = JSON.stringify({ name: "e1", pools: { cpu: { families: ["m7i"] }, gpu: { families } } });
  return loadEnvironment({ path: "/x/aura.yaml", text, variables: {}, known });
}

function job(disk: string, gpus: number): Job {
  const resources = { limits: { "ephemeral-storage": disk, ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }) } };
  const containers = [{ name: "main", image: "i", resources }];
  const tolerations = [{ key: "nvidia.com/gpu", operator: "Exists" }];
  const metadata = { name: "j", namespace: "default" };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: { template: { spec: { containers, tolerations } } },
  } as Job;
}

const tooLittle = (types: string, wants: string, most: string) =>
  `${types} with too little ephemeral-storage (wants ${wants}, the most is ${most})`;

it.each<[string, string, readonly string[], number]>([
  ["200Gi on g5's NVMe disks", "200Gi", ["g5"], 1],
  ["130Gi on g5g's large root volume", "130Gi", ["g5g"], 1],
  ["40Gi on a CPU node's root volume", "40Gi", ["g5"], 0],
])("finds a place for %s", (_, disk, families, gpus) => {
  expect(placementProblems(environment(families), [job(disk, gpus)])).toEqual([]);
});

it.each<[string, string, readonly string[], string]>([
  ["more than any NVMe disks", "9000Gi", ["g5"], tooLittle("8 types", "9000Gi", "6369.2Gi")],
  ["what only NVMe disks would hold", "200Gi", ["g5g"], tooLittle("6 types", "200Gi", "134Gi")],
])("refuses %s before anything is launched", (_, disk, families, expected) => {
  const [problem, ...others] = placementProblems(environment(families), [job(disk, 1)]);
  expect([problem, others]).toEqual([expect.stringContaining(`pool gpu: ${expected}`), []]);
});
