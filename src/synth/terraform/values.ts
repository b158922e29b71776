import type { Environment } from "../../spec/environment.ts";
import { clusterName, sortedTags } from "../kubernetes/labels.ts";
import { reaperStageOf, stageOf } from "../workflow/stages.ts";
import type { eksInputs } from "./eks-inputs.ts";
import { githubRoles } from "./github-roles.ts";
import type { iamInputs } from "./iam-inputs.ts";
import type { ValuesOf } from "./inputs.ts";
import type { rootOwnInputs } from "./root-module.ts";
import { stateBucketName } from "./state-key.ts";
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
  | "natCidrs"
  | "clusterRoleArn"
  | "systemNodeRoleArn"
  | "ebsCsiRoleArn"
  | "tags";

/** The values of `terraform.tfvars.json`: all that differs from one environment to the next. */
export function rootValues(environment: Environment): RootValues {
  const { name, region, owner, network, cluster, zones } = environment;
  const subnets = planSubnets(network.cidr, zones, network.intraSubnets);
  const natZones = { none: [], single: zones.slice(0, 1), "per-az": zones }[network.nat];
  return {
    region,
    environment: name,
    owner,
    extraTags: sortedTags(environment),
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
    adminPrincipalArns: [...new Set([...cluster.adminPrincipals, ...workflowRole(environment)])].toSorted(),
    kms: cluster.kms,
    systemInstanceTypes: cluster.systemNodes.instanceTypes,
    systemNodeCount: cluster.systemNodes.count,
    identity: cluster.identity,
    nodeInstanceProfile: network.nat === "none",
    ...rolesBoundary(environment),
  };
}

/** A zone uses its own NAT gateway, or the one there is. */
function natRoutes(zones: readonly string[], natZones: readonly string[]): Record<string, string> {
  const [first] = natZones;
  if (first === undefined) return {};
  return Object.fromEntries(zones.map((zone) => [zone, natZones.includes(zone) ? zone : first]));
}

/** That of the account, or else the workflow's own, which makes no role without it. */
function rolesBoundary(environment: Environment) {
  const roles = githubRoles(environment);
  const given = environment.cluster.permissionsBoundary ?? roles?.boundary;
  return given === undefined ? {} : { permissionsBoundaryArn: given };
}

/** The workflow administers the cluster too. */
function workflowRole(environment: Environment): string[] {
  const roles = githubRoles(environment);
  return roles === undefined ? [] : [roles.deploy];
}

/**
 * The values of the workflow's root, where there is one. Both forms of the `sub` claim: repositories made or renamed
 * since 2026-07-15 carry ids in it, older ones do not.
 */
export function githubValues(environment: Environment) {
  if (environment.github === undefined) return undefined;
  const { repository, ownerId, repositoryId, providerArn, createProvider } = environment.github;
  const { permissionsBoundary } = environment.cluster;
  const [owner, name] = repository.split("/");
  const subjectsOf = (stage: string) => [
    `repo:${owner}@${ownerId}/${name}@${repositoryId}:environment:${stage}`,
    `repo:${repository}:environment:${stage}`,
  ];
  const [, , , , account = ""] = providerArn.split(":");
  return {
    region: environment.region,
    environment: environment.name,
    owner: environment.owner,
    extraTags: sortedTags(environment),
    clusterName: clusterName(environment),
    stateBucket: stateBucketName({ bucket: environment.aws.bucket, account, region: environment.region }),
    ...(permissionsBoundary !== undefined && { permissionsBoundaryArn: permissionsBoundary }),
    githubProviderArn: providerArn,
    createProvider,
    githubRepositoryId: String(repositoryId),
    githubSubjects: subjectsOf(stageOf(environment)),
    githubReaperSubjects: subjectsOf(reaperStageOf(environment)),
  };
}
