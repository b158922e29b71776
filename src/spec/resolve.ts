import { durationOf, parseDuration, parseQuantity } from "../kernel/quantity.ts";
import { familiesOf } from "./consistency.ts";
import { poolDefaults } from "./defaults.ts";
import type { Environment, Pool } from "./environment.ts";
import type { Known } from "./known.ts";
import type { EnvironmentFile, PoolFile } from "./schema.ts";
import { shortageOf } from "./shortages.ts";

/** A checked file as an Environment: units in place, every default filled in. `directory` is the file's folder. */
export function resolve(file: EnvironmentFile, known: Known, directory: string): Environment {
  const { budget, rehearsal, github } = file;
  const interruptSpotAfterMs = durationOf(rehearsal.interruptSpotAfter ?? "");
  return {
    name: file.name,
    region: file.region,
    zones: file.zones ?? known.zonesOf(file.region),
    pools: Object.entries(file.pools)
      .map(([name, pool]) => resolvePool(name, pool, known))
      .filter(({ gpu }) => file.gpu || !gpu),
    ...(!file.gpu && { withoutGpus: true as const }),
    ttlMs: parseDuration(file.ttl),
    ...(budget !== undefined && { budgetUsd: budget }),
    timeoutMs: parseDuration(file.timeout),
    jobFiles: file.jobs,
    network: file.network,
    cluster: file.cluster,
    ...(github !== undefined && { github }),
    owner: file.owner,
    tags: file.tags,
    target: file.target,
    aws: file.aws,
    kubernetes: file.kubernetes,
    rehearsal: {
      speed: rehearsal.speed,
      runtime: rehearsal.runtime,
      seed: rehearsal.seed,
      shortages: rehearsal.shortages.map(shortageOf),
      ...(interruptSpotAfterMs !== undefined && { interruptSpotAfterMs }),
    },
    directory,
  };
}

function resolvePool(name: string, pool: PoolFile, known: Known): Pool {
  const names = familiesOf(name, pool) ?? [];
  const families = known.families.filter((family) => names.includes(family.name));
  const gpu = families.some((family) => family.gpu);
  const fallback = gpu ? poolDefaults.gpu : poolDefaults.cpu;
  return {
    name,
    families: names,
    capacityTypes: pool.capacityTypes,
    architectures: pool.architectures ?? [...new Set(families.map((family) => family.architecture))].sort(),
    gpu,
    limits: resolveLimits(pool.limits ?? fallback.limits),
    holdMs: parseDuration(pool.hold ?? fallback.hold),
    expireAfterMs: parseDuration(pool.expireAfter),
  };
}

function resolveLimits({ cpu, memory, gpus }: NonNullable<PoolFile["limits"]>): Pool["limits"] {
  return {
    ...(cpu !== undefined && { cpu: parseQuantity(cpu) }),
    ...(memory !== undefined && { memoryMib: Math.floor(parseQuantity(memory) / 2 ** 20) }),
    ...(gpus !== undefined && { gpus }),
  };
}
