import type { CapacityType } from "../../kernel/vocabulary.ts";

/** The vCPU quotas of EC2: which one counts an instance depends on its family and on how it is bought. */
interface VcpuQuota {
  /** Of a family's letters, its generation left out. */
  readonly families: RegExp;
  readonly capacityType: CapacityType;
  readonly code: string;
}

/** AWS General Reference, EC2 instance type quotas (2026-11). There is none for p6 on spot: it is not sold there. */
const table: readonly VcpuQuota[] = [
  { families: /^g/, capacityType: "on-demand", code: "L-DB2E81BA" },
  { families: /^g/, capacityType: "spot", code: "L-3819A6DF" },
  { families: /^p\d/, capacityType: "on-demand", code: "L-417A185B" },
  { families: /^p[234]/, capacityType: "spot", code: "L-7212CCBC" },
  { families: /^p5/, capacityType: "spot", code: "L-C4BD4855" },
  { families: /^(?!inf|trn|hpc|mac|dl)[acdhimrtz]/, capacityType: "on-demand", code: "L-1216C47A" },
  { families: /^(?!inf|trn|hpc|mac|dl)[acdhimrtz]/, capacityType: "spot", code: "L-34B43A08" },
];

/** The code of the quota that counts a family's vCPUs; undefined where none of these does. */
export function vcpuQuotaCode(family: string, capacityType: CapacityType): string | undefined {
  return table.find((row) => row.capacityType === capacityType && row.families.test(family))?.code;
}
