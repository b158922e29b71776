import type { InstanceType, Offering } from "../../catalog/instance-type.ts";
import { instanceTypes } from "../../catalog/instance-types.ts";
import { defaultZones, offerings, regions } from "../../catalog/offerings.ts";
import { Failure } from "../../kernel/failure.ts";
import { didYouMean } from "../../kernel/text.ts";

/** What one of a job's nodes must have at least. */
export interface NodeNeeds {
  /** Whole GPUs; 1 for a share of one. */
  readonly gpus: number;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** Names of the catalog that will do; undefined: any. */
  readonly models?: readonly string[] | undefined;
}

const markets = new Map<string, Market>();

/**
 * What a region sells to jobs, which are taken to be built for amd64. Fails with USAGE for a region that nobody has prices
 * of.
 */
export function marketOf(region: string): Market {
  if (!regions().includes(region)) throw unknownRegion(region);
  const market = markets.get(region) ?? new Market(region);
  markets.set(region, market);
  return market;
}

/** What a region sells to jobs, cheapest on demand first. */
export class Market {
  readonly region: string;
  readonly #byType = new Map<string, Offering[]>();
  /** With an on-demand price, cheapest first. */
  readonly #types: readonly InstanceType[];
  readonly #offers = new Map<string, readonly Offering[]>();

  constructor(region: string) {
    this.region = region;
    const usd = new Map<InstanceType, number>();
    for (const offer of offerings({ region, zones: defaultZones(region) })) {
      const { instanceType, capacityType, usdPerHour } = offer;
      if (instanceType.architecture !== "amd64") continue;
      this.#byType.set(instanceType.name, [...(this.#byType.get(instanceType.name) ?? []), offer]);
      if (capacityType === "on-demand") usd.set(instanceType, usdPerHour);
    }
    const price = (type: InstanceType) => usd.get(type) ?? 0;
    this.#types = [...usd.keys()].sort((a, b) => price(a) - price(b) || (a.name < b.name ? -1 : 1));
  }

  /** The cheapest type that does; undefined when there is none. */
  cheapest(needs: NodeNeeds): InstanceType | undefined {
    return this.#types.find((type) => fits(type, needs));
  }

  /** The most GPUs that a type has, of these models where they are given; 0: none is sold. */
  mostGpus(models: readonly string[] | undefined): number {
    const needs = { gpus: 1, cpuMillis: 0, memoryMib: 0, models };
    const counts = this.#types.flatMap((type) => (fits(type, needs) ? (type.gpu?.count ?? 0) : []));
    return Math.max(0, ...counts);
  }

  /** Offerings of all types that do, cheapest type first. GPUs beyond twice what is needed are no alternative. */
  offers(needs: NodeNeeds): readonly Offering[] {
    const key = `${needs.gpus} ${needs.cpuMillis} ${needs.memoryMib} ${needs.models?.join("|") ?? ""}`;
    const offers = this.#offers.get(key) ?? this.#find(needs);
    this.#offers.set(key, offers);
    return offers;
  }

  #find(needs: NodeNeeds): readonly Offering[] {
    const cheapest = this.cheapest(needs);
    const most = Math.max(2 * needs.gpus, cheapest?.gpu?.count ?? 0);
    return this.#types
      .filter((type) => type === cheapest || (fits(type, needs) && (type.gpu?.count ?? 0) <= most))
      .slice(0, mostTypes)
      .flatMap((type) => this.#byType.get(type.name) ?? []);
  }
}

/** As Karpenter limits the types of a launch. */
const mostTypes = 60;

function fits(type: InstanceType, { gpus, cpuMillis, memoryMib, models }: NodeNeeds): boolean {
  const { gpu, allocatable } = type;
  if (gpus === 0 ? gpu !== undefined : gpu === undefined || gpu.count < gpus) return false;
  if (models !== undefined && gpu !== undefined && !models.some((model) => isModel(gpu, model))) return false;
  return allocatable.cpuMillis >= cpuMillis && allocatable.memoryMib >= memoryMib;
}

function isModel(gpu: { readonly name: string; readonly memoryMib: number }, model: string): boolean {
  const [name, gib] = model.split("/");
  return gpu.name === name && (gib === undefined || Math.round(gpu.memoryMib / 1024) === Number(gib));
}

/** The catalog's name for what a trace or a user calls a GPU, with `/GiB` where the name says its memory. */
export function catalogModel(name: string): string | undefined {
  const lower = name.toLowerCase().replace(/^(nvidia|tesla)[- ]/, "");
  const known = new Set(instanceTypes().flatMap(({ gpu }) => gpu?.name ?? []));
  const sized = /^([a-z]+\d+)(?:-(?:sxm\d?|pcie))?[-_ a-z]*?(\d+)(?:gb|g)?$/.exec(lower);
  const bare = aliases[lower] ?? lower;
  if (known.has(bare)) return bare;
  const [, base = "", gib] = sized ?? [];
  return known.has(aliases[base] ?? base) ? `${aliases[base] ?? base}/${gib}` : undefined;
}

/** GPUs that EC2 has under another name. */
const aliases: Readonly<Record<string, string>> = { a10: "a10g", "rtx-pro-6000": "rtx-pro-server-6000" };

/** The catalog's name of the GPU that a user asks for; fails with USAGE where there is none. */
export function requestedModel(name: string): string {
  const model = catalogModel(name);
  if (model !== undefined) return model;
  const known = [...new Set(instanceTypes().flatMap(({ gpu }) => gpu?.name ?? []))].sort();
  const nearest = didYouMean(name, known);
  throw new Failure("USAGE", `no instance type has a GPU called ${name}`, {
    fix: `${nearest === undefined ? "" : `did you mean ${nearest}? `}known are ${known.join(", ")}`,
  });
}

function unknownRegion(region: string): Failure {
  const nearest = didYouMean(region, regions());
  return new Failure("USAGE", `there are no prices for the region ${region}`, {
    fix: `${nearest === undefined ? "" : `did you mean ${nearest}? `}known are ${regions().join(", ")}`,
  });
}
