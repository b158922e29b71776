import { existsSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { carriedFamilies } from "../../src/catalog/carried.ts";
import type { InstanceType } from "../../src/catalog/instance-type.ts";
import { instanceType, instanceTypes } from "../../src/catalog/instance-types.ts";
import { regions } from "../../src/catalog/regions.ts";
import { spotSaving } from "../../src/catalog/spot-savings.ts";

const folder = new URL("../../../shared/data/", import.meta.url);
const present = existsSync(folder);
if (!present)
  console.warn(`SKIPPED: the catalog is not compared with the published tables, ${folder.pathname} is absent`);

function readCsv(name: string): Record<string, string>[] {
  const [head = "", ...lines] = readFileSync(new URL(name, folder), "utf8").trim().split("\n");
  const keys = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(keys.map((key, index) => [key, cells[index] ?? ""]));
  });
}

/** A published row in the catalog's form. */
function expected(row: Record<string, string>): Omit<InstanceType, "size" | "source"> {
  const number = (key: string) => Number(row[key]);
  return {
    name: row["type"] ?? "",
    family: row["family"] ?? "",
    category: row["category"] ?? "",
    generation: number("generation"),
    architecture: row["arch"] === "arm64" ? "arm64" : "amd64",
    vcpu: number("vcpu"),
    memoryMib: number("memory_mib"),
    nvmeGb: number("nvme_gb"),
    networkMbps: number("network_mbps"),
    ebsMbps: number("ebs_mbps"),
    allocatable: {
      cpuMillis: number("allocatable_cpu_m"),
      memoryMib: number("allocatable_memory_mib"),
      pods: number("max_pods"),
    },
  };
}

const carriedPattern = /^([cmr][5-9]|t3|t3a$|t4g$|g4dn$|g5|g6e?$|gr6$|g7|p\d)/;

describe.skipIf(!present)("published instance types", () => {
  const rows = present ? readCsv("ec2-instances.csv") : [];

  test("are carried with every figure", () => {
    for (const row of rows.filter(({ family = "" }) => carriedPattern.test(family))) {
      const type = instanceType(row["type"] ?? "");
      expect(type, row["type"]).toMatchObject(expected(row));
      expect([type?.gpu?.name ?? "", type?.gpu?.count ?? 0, type?.gpu?.memoryMib ?? 0], row["type"]).toEqual([
        row["gpu_name"],
        Number(row["gpu_count"]),
        Number(row["gpu_memory_mib"]),
      ]);
    }
  });

  test("are all that is carried but p3", () => {
    const published = new Set(rows.map(({ type }) => type));
    const extra = instanceTypes().filter(({ name }) => !published.has(name));
    expect(extra.map(({ name }) => name)).toEqual(["p3.2xlarge", "p3.8xlarge", "p3.16xlarge"]);
  });

  test("have the published price", () => {
    const prices = new Map(rows.map((row) => [row["type"], row["usd_per_hour_us_east_1"]]));
    for (const { type, usdPerHour } of [...carriedFamilies().values()].flat()) {
      if (type.family === "p3") continue;
      expect(usdPerHour === undefined ? "" : String(usdPerHour), type.name).toBe(prices.get(type.name));
    }
  });
});

describe.skipIf(!present)("published spot savings", () => {
  test("are carried in every known region", () => {
    const rows = present ? readCsv("spot-advisor.csv") : [];
    let compared = 0;
    for (const row of rows) {
      const type = instanceType(row["type"] ?? "");
      const region = row["region"] ?? "";
      if (type === undefined || !regions().includes(region)) continue;
      compared += 1;
      expect(spotSaving(region, type), `${region} ${type.name}`).toMatchObject({
        percent: Number(row["saving_percent"]),
        interruptionBand: Number(row["interruption_band"]),
        source: { name: expect.stringContaining("Spot Instance Advisor"), asOf: "2025-06-28" },
      });
    }
    expect(compared).toBeGreaterThan(3000);
  });
});
