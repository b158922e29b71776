import type { PhaseName } from "../kernel/vocabulary.ts";
import type { Source } from "./instance-type.ts";
import { instanceType } from "./instance-types.ts";
import { onDemandPrice } from "./prices.ts";
import { regionFactor } from "./regions.ts";
import { estimated, published } from "./source.ts";

/** A part of the environment itself, how long it takes to make and to remove, on the critical path. */
export interface EnvironmentStep {
  readonly name: string;
  readonly createSeconds: number;
  readonly destroySeconds: number;
  readonly source: Source;
}

const applyLogs = "middle of public Terraform logs";

/**
 * What `deploy` makes on AWS in its order. Medians of the logs found by a code search (creations: 12 of a control plane,
 * 8m21s to 11m23s; 5 of a node group; removals: 9, 2 and 5 of control plane, node group and NAT gateway). A NAT gateway
 * is made in 1m46s beside the control plane, so that it costs no time at creation.
 */
export const environmentSteps: readonly EnvironmentStep[] = [
  { name: "VPC", createSeconds: 30, destroySeconds: 65, source: estimated(applyLogs, "2026-11-24") },
  { name: "EKS control plane", createSeconds: 588, destroySeconds: 204, source: estimated(applyLogs, "2026-11-24") },
  { name: "system node group", createSeconds: 110, destroySeconds: 252, source: estimated(applyLogs, "2026-11-24") },
  {
    name: "Karpenter",
    createSeconds: 45,
    destroySeconds: 15,
    source: estimated("helm releases in public logs", "2026-11-24"),
  },
];

/** A time that a phase takes on AWS, in the form a timeline records it. */
export interface EnvironmentEstimate {
  readonly phase: PhaseName;
  readonly name: string;
  readonly seconds: number;
  readonly source: Source;
}

/** The steps as what to expect of `deploy`, in order, and of `destroy`, in the reverse order. */
export function environmentEstimates(): readonly EnvironmentEstimate[] {
  const deploy = environmentSteps.map(({ name, createSeconds, source }) => ({
    phase: "deploy" as const,
    name,
    seconds: createSeconds,
    source,
  }));
  const destroy = environmentSteps.toReversed().map(({ name, destroySeconds, source }) => ({
    phase: "destroy" as const,
    name,
    seconds: destroySeconds,
    source,
  }));
  return [...deploy, ...destroy];
}

const awsPrices = published("AWS prices for EKS, VPC and public IPv4", "2026-11-23");

/** USD per hour in us-east-1. Traffic (NAT 0.045 USD a GB) and volumes come on top. */
export const fixedUsdPerHour = {
  /** A cluster in standard support; the same in every region. */
  controlPlane: 0.1,
  natGateway: 0.045,
  /** The same in every region. */
  publicIpv4: 0.005,
} as const;

/** A thing billed by the hour from deploy to destroy, beside the jobs' nodes. */
export interface EnvironmentCharge {
  readonly name: string;
  readonly usdPerHour: number;
  readonly source: Source;
}

export interface EnvironmentChargesOptions {
  readonly region: string;
  /** Each has one public address. Default 1. */
  readonly natGateways?: number;
  /** The managed nodes that carry Karpenter and CoreDNS. Default two t3.large. */
  readonly systemNodes?: { readonly instanceType: string; readonly count: number };
}

/**
 * What an environment costs by the hour when nothing runs in it: in us-east-1 with the defaults 0.3164 USD. Outside
 * us-east-1 the NAT price is an estimate by the region's price level. System nodes of an unknown type are left out.
 */
export function environmentCharges({
  region,
  natGateways = 1,
  systemNodes = { instanceType: "t3.large", count: 2 },
}: EnvironmentChargesOptions): readonly EnvironmentCharge[] {
  return [
    { name: "EKS control plane", usdPerHour: fixedUsdPerHour.controlPlane, source: awsPrices },
    ...natCharges(region, natGateways),
    ...systemNodeCharges(region, systemNodes),
  ];
}

function natCharges(region: string, count: number): EnvironmentCharge[] {
  if (count === 0) return [];
  const { factor = 1 } = regionFactor(region, "nat") ?? {};
  const source =
    region === "us-east-1"
      ? awsPrices
      : estimated("us-east-1 NAT price times the region's EC2 price level", awsPrices.asOf);
  return [
    { name: named("NAT gateway", count), usdPerHour: count * fixedUsdPerHour.natGateway * factor, source },
    { name: named("public IPv4 address", count), usdPerHour: count * fixedUsdPerHour.publicIpv4, source: awsPrices },
  ];
}

function systemNodeCharges(
  region: string,
  nodes: { readonly instanceType: string; readonly count: number },
): EnvironmentCharge[] {
  const type = instanceType(nodes.instanceType);
  const price = type && onDemandPrice(region, type);
  if (price === undefined || nodes.count === 0) return [];
  const name = named(`system node ${nodes.instanceType}`, nodes.count);
  return [{ name, usdPerHour: nodes.count * price.usdPerHour, source: price.source }];
}

function named(name: string, count: number): string {
  return count === 1 ? name : `${count} × ${name}`;
}
