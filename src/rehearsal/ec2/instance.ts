import type { Offering } from "../../catalog/instance-type.ts";
import type { LaunchLatency } from "../../catalog/latency.ts";

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated";

/** A simulated EC2 instance. */
export interface Instance {
  /** `i-` and 17 hexadecimal digits. */
  readonly id: string;
  readonly offering: Offering;
  /** `ip-10-0-1-2.ec2.internal`: also the name of its node. */
  readonly privateDnsName: string;
  readonly privateIp: string;
  /** The NodeClaim that it was launched for. */
  readonly claim: string;
  /** The NodePool of that. */
  readonly pool?: string;
  readonly launchedAtMs: number;
  /** How long each step of its node's life takes. */
  readonly latency: LaunchLatency;
  readonly state: InstanceState;
  /** A spot instance that was told to end in two minutes. */
  readonly warned?: true;
  /** When it ends, where that is known. */
  readonly endsAtMs?: number;
}

/** As the AWS provider of cloud-controller-manager writes it. */
export function providerIdOf({ id, offering }: Instance): string {
  return `aws:///${offering.zone}/${id}`;
}

/** The private DNS name that EC2 gives: us-east-1 has its own domain. */
export function privateDnsName(privateIp: string, region: string): string {
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${privateIp.replaceAll(".", "-")}.${domain}`;
}
