import type { Environment, GithubSettings } from "../../spec/environment.ts";
import { clusterName } from "../kubernetes/labels.ts";
import type { eksInputs } from "./eks-inputs.ts";
import type { iamInputs } from "./iam-inputs.ts";
import type { ValuesOf } from "./inputs.ts";
import type { rootOwnInputs } from "./root-module.ts";
import { planSubnets } from "./subnets.ts";
import type { vpcInputs } from "./vpc.ts";

/** What the root takes of its modules' inputs: those that no other module gives. */
type Given<I, Wired extends keyof I> = Omit<I, Wired>;

type RootValues = ValuesOf<typeof rootOwnInputs> &
  ValuesOf<typeof vpcInputs> &
  Given<ValuesOf<typeof eksInputs>, EksWired> &
  Given<ValuesOf<typeof iamInputs>, "clusterArn" | "oidcProviderArn" | "oidcIssuer">;

type EksWired =
  | "vpcId"
  | "controlPlaneSubnetIds"
  | "nodeSubnetIds"
  | "clusterRoleArn"
  | "systemNodeRoleArn"
  | "ebsCsiRoleArn"
  | "tags";

/** The values of `terraform.tfvars.json`: all that differs from one environment to the next. */
export function rootValues(environment: Environment): RootValues {
  const { name, region, owner, tags, network, cluster, zones } = environment;
  const subnets = planSubnets(network.cidr, zones, network.intraSubnets);
  const natZones = { none: [], single: zones.slice(0, 1), "per-az": zones }[network.nat];
  return {
    region,
    environment: name,
    owner,
    extraTags: sorted(tags),
    clusterName: clusterName(environment),
    cidr: network.cidr,
    publicSubnets: subnets.public,
    privateSubnets: subnets.private,
    intraSubnets: subnets.intra,
    natZones,
    natRoutes: natRoutes(zones, natZones),
    interfaceEndpoints: network.endpoints.toSorted(),
    flowLogs: network.flowLogs,
    logRetentionDays: cluster.logRetentionDays,
    kubernetesVersion: cluster.version,
    publicEndpoint: cluster.publicEndpoint,
    privateEndpoint: cluster.privateEndpoint,
    publicAccessCidrs: cluster.accessCidrs.toSorted(),
    adminPrincipalArns: cluster.adminPrincipals.toSorted(),
    kms: cluster.kms,
    systemInstanceTypes: cluster.systemNodes.instanceTypes,
    systemNodeCount: cluster.systemNodes.count,
    identity: cluster.identity,
    ...(environment.github && githubValues(environment.github)),
  };
}

/** A zone uses its own NAT gateway, or the one there is. */
function natRoutes(zones: readonly string[], natZones: readonly string[]): Record<string, string> {
  const [first] = natZones;
  if (first === undefined) return {};
  return Object.fromEntries(zones.map((zone) => [zone, natZones.includes(zone) ? zone : first]));
}

/**
 * Both forms of the `sub` claim: repositories made or renamed since 2026-07-15 carry ids in it, older ones do not.
 */
function githubValues({ repository, ownerId, repositoryId, environment, providerArn }: GithubSettings) {
  const [owner, name] = repository.split("/");
  return {
    githubProviderArn: providerArn,
    githubRepositoryId: String(repositoryId),
    githubSubjects: [
      `repo:${owner}@${ownerId}/${name}@${repositoryId}:environment:${environment}`,
      `repo:${repository}:environment:${environment}`,
    ],
  };
}

function sorted(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
