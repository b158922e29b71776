import { cidrNetwork, cidrsOverlap, cidrText, parseCidr } from "../kernel/cidr.ts";
import { type Finding, repeated } from "./issues.ts";
import type { Known } from "./known.ts";
import { gotText } from "./problems.ts";
import type { EnvironmentFile } from "./schema.ts";

/** Ranges that are nobody's on the internet (RFC 1918, and RFC 6598 which AWS takes too). */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
/** Docker's bridge: some AWS services in the VPC use it. */
const bridge = "172.17.0.0/16";

/** Without NAT every call to AWS goes through an endpoint (Karpenter's private clusters, and IAM has none). */
const neededWithoutNat = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];

export function networkThatWorks({ network }: EnvironmentFile): Finding[] {
  return [
    ...rangeThatWorks(network.cidr),
    ...endpointsThatSuffice(network),
    ...endpointsThatAreThere(network),
    ...repeated(["network", "endpoints"], network.endpoints),
  ];
}

function rangeThatWorks(text: string): Finding[] {
  const path = ["network", "cidr"];
  const cidr = parseCidr(text);
  if (cidr === undefined) return [];
  const misplaced = firstAddress(path, text);
  if (misplaced.length > 0) return misplaced;
  const within = privateRanges.flatMap((one) => parseCidr(one) ?? []).filter((one) => one.prefix <= cidr.prefix);
  const overlaps = (other: string) => cidrsOverlap(cidr, parseCidr(other) ?? cidr);
  if (!within.some((one) => cidrsOverlap(cidr, one)))
    return [{ path, expected: `a private range, within ${privateRanges.join(", ")}`, got: gotText(text) }];
  return overlaps(bridge)
    ? [{ path, expected: `a range that does not overlap ${bridge}, which AWS services use`, got: gotText(text) }]
    : [];
}

function endpointsThatSuffice({ nat, endpoints }: EnvironmentFile["network"]): Finding[] {
  const missing = neededWithoutNat.filter((service) => !endpoints.includes(service));
  if (nat !== "none" || missing.length === 0) return [];
  const expected = `endpoints for ${neededWithoutNat.join(", ")} where nat is none`;
  return [{ path: ["network", "endpoints"], expected, got: `none for ${missing.join(", ")}` }];
}

/** An interface endpoint beside the gateway would take its name in the VPC, and cost something. */
function endpointsThatAreThere({ endpoints }: EnvironmentFile["network"]): Finding[] {
  const index = endpoints.indexOf("s3");
  const expected = "a service other than s3, which has a gateway endpoint free of charge";
  return index < 0 ? [] : [{ path: ["network", "endpoints", index], expected, got: '"s3"' }];
}

export function clusterThatWorks({ cluster, network }: EnvironmentFile, known: Known): Finding[] {
  const { publicEndpoint, privateEndpoint, accessCidrs, adminPrincipals } = cluster;
  const closed =
    publicEndpoint || privateEndpoint
      ? []
      : [{ path: ["cluster", "privateEndpoint"], expected: "one endpoint at least", got: "both switched off" }];
  const cutOff =
    privateEndpoint || !publicEndpoint || network.nat !== "none"
      ? []
      : [
          {
            path: ["cluster", "privateEndpoint"],
            expected: "true where nat is none: nodes need the API",
            got: "false",
          },
        ];
  return [
    ...closed,
    ...cutOff,
    ...accessCidrs.flatMap((text, index) => firstAddress(["cluster", "accessCidrs", index], text)),
    ...repeated(["cluster", "accessCidrs"], accessCidrs),
    ...repeated(["cluster", "adminPrincipals"], adminPrincipals),
    ...systemTypes(cluster.systemNodes.instanceTypes, known),
  ];
}

function firstAddress(path: Finding["path"], text: string): Finding[] {
  const cidr = parseCidr(text);
  const plain = cidr && cidrText(cidrNetwork(cidr));
  if (plain === undefined || plain === text) return [];
  return [{ path, expected: "the first address of the range", got: gotText(text), suggestion: plain }];
}

function systemTypes(instanceTypes: readonly string[], { families }: Known): Finding[] {
  return instanceTypes.flatMap((type, index) => {
    const family = families.find(({ name }) => name === type.split(".")[0]);
    if (family?.architecture === "amd64" && !family.gpu) return [];
    const path = ["cluster", "systemNodes", "instanceTypes", index];
    const what = family === undefined ? "" : family.gpu ? ", which has GPUs" : `, which is ${family.architecture}`;
    return [{ path, expected: "an instance type of a known x86 family without GPUs", got: `${gotText(type)}${what}` }];
  });
}

/** IAM takes `Owner` and `owner` for the same key, and some keys are how Aura, EKS and Karpenter find what is theirs. */
export function tagsThatWork({ tags }: EnvironmentFile): Finding[] {
  const keys = Object.keys(tags);
  return keys.flatMap((key, index) => {
    const path = ["tags", key];
    const [lower, got] = [key.toLowerCase(), gotText(key)];
    if (reservedTag.test(lower)) return [{ path, expected: "a key that Aura, EKS and Karpenter leave free", got }];
    const twin = keys.slice(0, index).find((other) => other.toLowerCase() === lower);
    if (twin === undefined) return [];
    return [{ path, expected: `a key that differs from ${gotText(twin)} by more than case, as IAM wants`, got }];
  });
}

const reservedTag =
  /^(name|owner|managed-by|aura:.*|aura\.dev\/.*|eks:.*|(.*\.)?karpenter\.(sh|k8s\.aws)\/.*|([a-z0-9.-]+\.)?kubernetes\.io\/.*|ebs\.csi\.aws\.com\/.*)$/;
