import { carriedFamilies } from "./carried.ts";
import type { InstanceType, Source } from "./instance-type.ts";
import { hasPublishedFactor, regionFactor } from "./regions.ts";
import { isAdvised, isAdvisedAnywhere, spotSaving } from "./spot-savings.ts";
import { lazy } from "./table.ts";

export interface Price {
  readonly usdPerHour: number;
  readonly source: Source;
}

export interface SpotPrice extends Price {
  readonly interruptionBand: number;
}

/** Regions with p5 that the advisor has no row of, by the instance type offerings in moto 5.2.5. */
const p5Elsewhere = new Set(["ap-northeast-2", "ap-southeast-3"]);

/**
 * What a type costs on demand in a region (Linux, shared tenancy). Undefined where it is not sold, or nobody
 * published a us-east-1 price, or the region is unknown.
 */
export function onDemandPrice(region: string, type: InstanceType): Price | undefined {
  const usdPerHour = virginiaPrices().get(type.name);
  const regional = regionFactor(region, type.family);
  if (usdPerHour === undefined || regional === undefined || !isSold(region, type)) return undefined;
  return { usdPerHour: roundUsd(usdPerHour * regional.factor), source: regional.source };
}

/**
 * What a type costs on the spot market: on-demand less the saving. Undefined where it is not sold, where it is sold as
 * capacity blocks only, or where spot was dearer than on-demand (Karpenter drops such offers).
 */
export function spotPrice(region: string, type: InstanceType): SpotPrice | undefined {
  const onDemand = onDemandPrice(region, type);
  const saving = spotSaving(region, type);
  if (onDemand === undefined || saving === undefined || saving.percent <= 0) return undefined;
  return {
    usdPerHour: roundUsd(onDemand.usdPerHour * (1 - saving.percent / 100)),
    source: saving.source,
    interruptionBand: saving.interruptionBand,
  };
}

/**
 * Whether a region sells a type. us-east-1 does where it has a price. Elsewhere an advisor row or a published price of
 * the family proves it; a family that the advisor knows, but not there, is not sold there. Of a family that it does not
 * know at all, general ones are taken to be sold everywhere, GPU ones are not: those are in few regions.
 */
function isSold(region: string, type: InstanceType): boolean {
  const { family, gpu } = type;
  if (region === "us-east-1" || isAdvised(region, family) || hasPublishedFactor(region, family)) return true;
  if (family === "p5") return p5Elsewhere.has(region);
  return gpu === undefined && !isAdvisedAnywhere(family);
}

const virginiaPrices = lazy(
  () => new Map([...carriedFamilies().values()].flat().map(({ type, usdPerHour }) => [type.name, usdPerHour])),
);

/** Prices have at most six decimals on AWS's list. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
