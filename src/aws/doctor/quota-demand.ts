import type { InstanceType } from "../../catalog/instance-type.ts";
import { instanceType } from "../../catalog/instance-types.ts";
import { count } from "../../kernel/text.ts";
import type { CapacityType } from "../../kernel/vocabulary.ts";
import type { Environment, Pool } from "../../spec/environment.ts";
import { vcpuQuotaCode } from "./vcpu-quotas.ts";

/** vCPUs, and what they are for. */
export interface Vcpus {
  readonly vcpus: number;
  readonly what: string;
}

/** What of one quota is wanted: to launch anything at all, and to launch all that may be launched. */
export interface Demand {
  readonly capacityType: CapacityType;
  readonly families: readonly string[];
  /** Undefined where no quota counts the families: they are not sold this way. */
  readonly code: string | undefined;
  readonly least: Vcpus;
  readonly most: Vcpus;
}

/** What a pool wants, of each quota that one of its types counts against. `types` has the smallest first. */
export function poolDemands(pool: Pool, types: readonly InstanceType[]): Demand[] {
  return pool.capacityTypes.flatMap((capacityType) => {
    const byCode = new Map<string | undefined, InstanceType[]>();
    for (const type of types) {
      const code = vcpuQuotaCode(type.family, capacityType);
      byCode.set(code, [...(byCode.get(code) ?? []), type]);
    }
    return [...byCode].map(([code, some]) => demandOf(pool, capacityType, code, some));
  });
}

function demandOf(
  pool: Pool,
  capacityType: CapacityType,
  code: string | undefined,
  types: readonly InstanceType[],
): Demand {
  const [smallest] = types;
  const least = { vcpus: smallest?.vcpu ?? 0, what: `one ${smallest?.name}` };
  const families = [...new Set(types.map(({ family }) => family))];
  return { capacityType, families, code, least, most: mostOf(pool, types, least) };
}

/** The pool's limits in vCPUs: of GPUs at the fewest vCPUs a GPU comes with. */
function mostOf({ limits }: Pool, types: readonly InstanceType[], least: Vcpus): Vcpus {
  const perGpu = Math.min(...types.flatMap(({ gpu, vcpu }) => (gpu === undefined ? [] : [vcpu / gpu.count])));
  const bounds: Vcpus[] = [];
  if (limits.gpus !== undefined && Number.isFinite(perGpu)) {
    bounds.push({ vcpus: Math.ceil(limits.gpus * perGpu), what: `the pool's ${count(limits.gpus, "GPU")}` });
  }
  if (limits.cpu !== undefined) bounds.push({ vcpus: Math.ceil(limits.cpu), what: `the pool's ${limits.cpu} vCPUs` });
  const [most = least] = bounds.toSorted((a, b) => a.vcpus - b.vcpus);
  return most.vcpus < least.vcpus ? least : most;
}

/** What the nodes want that carry Karpenter: they are on demand, and there from the start. */
export function systemDemand({ cluster: { systemNodes } }: Environment): Demand | undefined {
  const types = systemNodes.instanceTypes.flatMap((name) => instanceType(name) ?? []);
  const [smallest] = types.toSorted((a, b) => a.vcpu - b.vcpu);
  if (smallest === undefined || systemNodes.count === 0) return undefined;
  const all = { vcpus: systemNodes.count * smallest.vcpu, what: `${systemNodes.count} ${smallest.name}` };
  const code = vcpuQuotaCode(smallest.family, "on-demand");
  return { capacityType: "on-demand", families: [smallest.family], code, least: all, most: all };
}
