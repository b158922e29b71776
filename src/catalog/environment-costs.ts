import type { PhaseName } from "../kernel/vocabulary.ts";
import type { Source } from "./instance-type.ts";
import { instanceType } from "./instance-types.ts";
import { onDemandPrice, type Price } from "./prices.ts";
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
const kmsPrice = published("AWS KMS price of a key, 1 USD a month of 730 hours", "2026-11-23");

/** USD per hour in us-east-1. */
export const fixedUsdPerHour = {
  /** A cluster in standard support; the same in every region. */
  controlPlane: 0.1,
  natGateway: 0.045,
  /** The same in every region. */
  publicIpv4: 0.005,
  /** Of one AWS service, in one zone. */
  interfaceEndpoint: 0.01,
  /** The same in every region. */
  kmsKey: 1 / 730,
} as const;

/** A thing billed by the hour from deploy to destroy, beside the jobs' nodes. */
export interface EnvironmentCharge {
  readonly name: string;
  readonly usdPerHour: number;
  readonly source: Source;
}

/** What of an environment's settings costs by the hour. */
export interface ChargedSettings {
  readonly region: string;
  readonly zones: readonly string[];
  readonly network: {
    readonly nat: "none" | "single" | "per-az";
    readonly endpoints: readonly string[];
    readonly flowLogs: boolean;
  };
  readonly cluster: {
    readonly kms: boolean;
    /** The managed nodes that carry Karpenter and CoreDNS: EKS takes the first type that is to be had. */
    readonly systemNodes: { readonly instanceTypes: readonly string[]; readonly count: number };
  };
}

/**
 * What an environment costs by the hour when nothing runs in it: in us-east-1 with the defaults 0.3164 USD. Outside
 * us-east-1 prices of the network are estimates by the region's price level. System nodes of an unknown type are left
 * out; what is billed by the amount is in `chargesOnTop`.
 */
export function environmentChargesOf(settings: ChargedSettings): readonly EnvironmentCharge[] {
  const { zones, network, cluster } = settings;
  const { controlPlane, natGateway, publicIpv4, interfaceEndpoint, kmsKey } = fixedUsdPerHour;
  const nats = { none: 0, single: 1, "per-az": zones.length }[network.nat];
  const endpoints = network.endpoints.length * zones.length;
  return [
    { name: "EKS control plane", usdPerHour: controlPlane, source: awsPrices },
    ...regional(settings, "NAT gateway", nats, natGateway),
    ...counted("public IPv4 address", nats, { usdPerHour: publicIpv4, source: awsPrices }),
    ...regional(settings, "interface endpoint in a zone", endpoints, interfaceEndpoint),
    ...counted("KMS key", cluster.kms ? 1 : 0, { usdPerHour: kmsKey, source: kmsPrice }),
    ...systemNodeCharges(settings),
  ];
}

/** The sum, in USD per hour. */
export function hourlyUsd(charges: readonly { readonly usdPerHour: number }[]): number {
  return charges.reduce((total, { usdPerHour }) => total + usdPerHour, 0);
}

/** What is billed by the amount on top, at prices of us-east-1 (AWS prices of VPC, EBS and CloudWatch): for people. */
export function chargesOnTop({ network }: ChargedSettings): readonly string[] {
  return [
    ...(network.nat === "none" ? [] : ["traffic through NAT, 0.045 USD a GB"]),
    ...(network.endpoints.length === 0 ? [] : ["traffic through interface endpoints, 0.01 USD a GB"]),
    "disks of nodes, 0.08 USD a GB and month",
    "logs of the control plane, 0.50 USD a GB",
    ...(network.flowLogs ? ["flow logs, 0.50 USD a GB"] : []),
  ];
}

/** Things whose price follows the region's. */
function regional({ region }: ChargedSettings, name: string, count: number, usdPerHour: number): EnvironmentCharge[] {
  const { factor = 1 } = regionFactor(region, "network") ?? {};
  const source =
    region === "us-east-1"
      ? awsPrices
      : estimated("us-east-1 price times the region's EC2 price level", awsPrices.asOf);
  return counted(name, count, { usdPerHour: usdPerHour * factor, source });
}

function counted(name: string, count: number, { usdPerHour, source }: Price): EnvironmentCharge[] {
  if (count === 0) return [];
  return [{ name: count === 1 ? name : `${count} × ${name}`, usdPerHour: count * usdPerHour, source }];
}

function systemNodeCharges({ region, cluster }: ChargedSettings): EnvironmentCharge[] {
  const { instanceTypes, count } = cluster.systemNodes;
  const [name = ""] = instanceTypes;
  const type = instanceType(name);
  const price = type && onDemandPrice(region, type);
  return price === undefined ? [] : counted(`system node ${name}`, count, price);
}
