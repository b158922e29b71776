import { cidrText, parseCidr, subCidr } from "../../kernel/cidr.ts";

/** The subnets of an environment's VPC: zone to range in each tier. */
export interface SubnetPlan {
  readonly public: Readonly<Record<string, string>>;
  readonly private: Readonly<Record<string, string>>;
  readonly intra: Readonly<Record<string, string>>;
}

// Nodes and pods take nearly all addresses: a quarter of the VPC for each zone. The last quarter is cut into eighths,
// the first four for public subnets, the others for intra subnets: a /22, the smallest VPC, has /27 there, which is the
// least a load balancer takes
const privateBits = 2;
const smallBits = 5;
const lastQuarter = 3 * 2 ** (smallBits - privateBits);

/** Cuts a VPC of /16 to /22 for up to three zones. Ranges depend on the VPC and a zone's place in the list only. */
export function planSubnets(vpcCidr: string, zones: readonly string[], withIntra: boolean): SubnetPlan {
  const vpc = parseCidr(vpcCidr);
  if (vpc === undefined) throw new Error(`not a range: ${vpcCidr}`);
  const tier = (bits: number, from: number) =>
    Object.fromEntries(zones.map((zone, index) => [zone, cidrText(subCidr(vpc, vpc.prefix + bits, from + index))]));
  return {
    public: tier(smallBits, lastQuarter),
    private: tier(privateBits, 0),
    intra: withIntra ? tier(smallBits, lastQuarter + 4) : {},
  };
}
