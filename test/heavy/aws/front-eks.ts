import type { Answer } from "./front.ts";
import type { AwsCall } from "./front-call.ts";
import { AwsError, type Reply } from "./front-reply.ts";

// What EKS has and moto 5.2.5 has not, in the shapes of the SDK's model of EKS. Times are seconds since the epoch.

type Input = Readonly<Record<string, unknown>>;
type Made = Readonly<Record<string, unknown>>;

/** What is made in the front, of one cluster. */
interface ClusterState {
  readonly entries: Map<string, Made>;
  readonly policies: Map<string, Map<string, Made>>;
  readonly addons: Map<string, Made>;
  readonly associations: Map<string, Made>;
  readonly updates: Map<string, Made>;
  /** What UpdateClusterConfig changed. */
  vpcConfig: Made;
}

/** Answers to the calls of EKS, by `EKS:Operation`, with a state of their own. */
export function eksAnswers(): Readonly<Record<string, Answer>> {
  const clusters = new Map<string, ClusterState>();
  const fresh = (): ClusterState => ({
    ...{ entries: new Map(), policies: new Map(), addons: new Map(), associations: new Map(), updates: new Map() },
    vpcConfig: {},
  });
  const stateOf = (name: string) => {
    const state = clusters.get(name) ?? fresh();
    clusters.set(name, state);
    return state;
  };
  /** An answer about a cluster that moto has. */
  const of =
    (answer: (state: ClusterState, input: Input, call: AwsCall) => object): Answer =>
    async (call) => {
      const name = `${call.input["clusterName"] ?? call.input["name"]}`;
      return answer(stateOf(name), call.input, call);
    };
  return {
    "EKS:DescribeClusterVersions": ({ input }) => ({ clusterVersions: versionsOf(input) }),
    "EKS:DescribeAddonVersions": ({ input }) => ({ addons: addonsOf(input) }),
    "EKS:DescribeCluster": async ({ input }, forward) => described(stateOf(`${input["name"]}`), await forward()),
    // of a cluster that is not there moto answers these with a page of its own failure
    "EKS:ListNodegroups": refused,
    "EKS:ListFargateProfiles": refused,
    "EKS:DeleteCluster": ({ input }) => void clusters.delete(`${input["name"]}`),
    "EKS:UpdateClusterConfig": of(updateConfig),
    "EKS:DescribeUpdate": of(({ updates }, { updateId }) => ({ update: found(updates, updateId, "update") })),
    ...accessEntries(of),
    ...addons(of),
    ...associations(of),
  };
}

const refused: Answer = async ({ input }, forward) => {
  if ((await forward()).status !== 500) return undefined;
  throw new AwsError("ResourceNotFoundException", `No cluster found for name: ${input["name"]}.`, 404);
};

type Of = (answer: (state: ClusterState, input: Input, call: AwsCall) => object) => Answer;

const accessEntries = (of: Of): Record<string, Answer> => ({
  "EKS:CreateAccessEntry": of(({ entries }, input, call) => {
    const { principalArn, clusterName, type = "STANDARD", kubernetesGroups = [], tags = {} } = input;
    if (entries.has(`${principalArn}`)) {
      const message = "The specified access entry resource is already in use on this cluster.";
      throw new AwsError("ResourceInUseException", message, 409);
    }
    const accessEntryArn = arnOf(call, `access-entry/${clusterName}/role/${`${principalArn}`.split("/").at(-1)}`);
    const accessEntry = { ...{ clusterName, principalArn, kubernetesGroups, accessEntryArn, type, tags }, ...times() };
    entries.set(`${principalArn}`, accessEntry);
    return { accessEntry };
  }),
  "EKS:DescribeAccessEntry": of(({ entries }, { principalArn }) => ({
    accessEntry: found(entries, principalArn, "access entry"),
  })),
  "EKS:ListAccessEntries": of(({ entries }) => ({ accessEntries: [...entries.keys()] })),
  "EKS:DeleteAccessEntry": of(({ entries, policies }, { principalArn }) => {
    found(entries, principalArn, "access entry");
    entries.delete(`${principalArn}`);
    policies.delete(`${principalArn}`);
    return {};
  }),
  "EKS:AssociateAccessPolicy": of(({ entries, policies }, { clusterName, principalArn, policyArn, accessScope }) => {
    found(entries, principalArn, "access entry");
    const associatedAccessPolicy = { policyArn, accessScope, associatedAt: seconds(), modifiedAt: seconds() };
    const associated = policies.get(`${principalArn}`) ?? new Map();
    policies.set(`${principalArn}`, associated.set(`${policyArn}`, associatedAccessPolicy));
    return { clusterName, principalArn, associatedAccessPolicy };
  }),
  "EKS:ListAssociatedAccessPolicies": of(({ entries, policies }, { clusterName, principalArn }) => {
    found(entries, principalArn, "access entry");
    const associatedAccessPolicies = [...(policies.get(`${principalArn}`)?.values() ?? [])];
    return { clusterName, principalArn, associatedAccessPolicies };
  }),
  "EKS:DisassociateAccessPolicy": of(({ policies }, { principalArn, policyArn }) => {
    policies.get(`${principalArn}`)?.delete(`${policyArn}`);
    return {};
  }),
});

const addons = (of: Of): Record<string, Answer> => ({
  "EKS:CreateAddon": of(({ addons: made }, input, call) => {
    const { addonName, clusterName, addonVersion = "v1.0.0-eksbuild.1", tags = {} } = input;
    if (made.has(`${addonName}`)) throw new AwsError("ResourceInUseException", "Addon already exists.", 409);
    const addonArn = arnOf(call, `addon/${clusterName}/${addonName}/00000000-0000-0000-0000-000000000000`);
    const one = { ...{ addonName, clusterName, addonVersion, addonArn, tags, status: "ACTIVE" }, ...times() };
    const addon = { ...one, health: { issues: [] } };
    made.set(`${addonName}`, addon);
    return { addon };
  }),
  "EKS:DescribeAddon": of(({ addons: made }, { addonName }) => ({ addon: found(made, addonName, "addon") })),
  "EKS:ListAddons": of(({ addons: made }) => ({ addons: [...made.keys()] })),
  "EKS:DeleteAddon": of(({ addons: made }, { addonName }) => {
    const addon = found(made, addonName, "addon");
    made.delete(`${addonName}`);
    return { addon: { ...addon, status: "DELETING" } };
  }),
});

const associations = (of: Of): Record<string, Answer> => ({
  "EKS:CreatePodIdentityAssociation": of(({ associations: made }, input, call) => {
    const { clusterName, namespace, serviceAccount, roleArn, tags = {} } = input;
    const associationId = `a-${`${made.size}`.padStart(17, "0")}`;
    const associationArn = arnOf(call, `podidentityassociation/${clusterName}/${associationId}`);
    const one = { clusterName, namespace, serviceAccount, roleArn, associationArn, associationId, tags };
    const association = { ...one, ...times() };
    made.set(associationId, association);
    return { association };
  }),
  "EKS:DescribePodIdentityAssociation": of(({ associations: made }, { associationId }) => ({
    association: found(made, associationId, "association"),
  })),
  "EKS:ListPodIdentityAssociations": of(({ associations: made }) => ({ associations: [...made.values()] })),
  "EKS:DeletePodIdentityAssociation": of(({ associations: made }, { associationId }) => {
    const association = found(made, associationId, "association");
    made.delete(`${associationId}`);
    return { association };
  }),
});

/** EKS answers with the update, which is done at once here, and one that changes nothing is refused. */
function updateConfig(state: ClusterState, { resourcesVpcConfig }: Input): object {
  const wanted = (resourcesVpcConfig ?? {}) as Made;
  const isChange = Object.entries(wanted).some(
    ([name, value]) => JSON.stringify(state.vpcConfig[name]) !== JSON.stringify(value),
  );
  if (!isChange) {
    const message = "Cluster is already at the desired configuration with endpointPrivateAccess and publicAccessCidrs.";
    throw new AwsError("InvalidParameterException", message);
  }
  state.vpcConfig = { ...state.vpcConfig, ...wanted };
  const params = Object.entries(wanted).map(([type, value]) => ({ type, value: JSON.stringify(value) }));
  const id = `00000000-0000-0000-0000-${`${state.updates.size}`.padStart(12, "0")}`;
  const update = { id, type: "EndpointAccessUpdate", params, createdAt: seconds(), errors: [] };
  state.updates.set(id, { ...update, status: "Successful" });
  return { update: { ...update, status: "InProgress" } };
}

function described({ vpcConfig }: ClusterState, reply: Reply): object {
  if (reply.status !== 200) {
    const { message = "no such cluster" } = JSON.parse(reply.body.toString() || "{}");
    throw new AwsError("ResourceNotFoundException", message, reply.status);
  }
  const { cluster } = JSON.parse(reply.body.toString());
  const defaults = { endpointPublicAccess: true, endpointPrivateAccess: false, publicAccessCidrs: ["0.0.0.0/0"] };
  return { cluster: { ...cluster, resourcesVpcConfig: { ...defaults, ...cluster.resourcesVpcConfig, ...vpcConfig } } };
}

function found(made: ReadonlyMap<string, Made>, key: unknown, what: string): Made {
  const one = made.get(`${key}`);
  if (one === undefined) throw new AwsError("ResourceNotFoundException", `No ${what} found for: ${key}.`, 404);
  return one;
}

/** Dates of the EKS release calendar as of November 2026. */
const versions = [
  ["1.33", "2025-05-28", "2026-07-29", "2027-07-29", "EXTENDED_SUPPORT"],
  ["1.34", "2025-10-02", "2026-12-02", "2027-12-02", "STANDARD_SUPPORT"],
  ["1.35", "2026-01-27", "2027-03-27", "2028-03-27", "STANDARD_SUPPORT"],
  ["1.36", "2026-06-02", "2027-08-02", "2028-08-02", "STANDARD_SUPPORT"],
] as const;

function versionsOf({ clusterVersions, versionStatus, defaultOnly }: Input): object[] {
  const wanted = [clusterVersions].flat().filter((one) => one !== undefined);
  return versions
    .filter(([version]) => wanted.length === 0 || wanted.includes(version))
    .filter(([, , , , status]) => versionStatus === undefined || versionStatus === status)
    .filter(([version]) => `${defaultOnly}` !== "true" || version === "1.35")
    .map(([clusterVersion, released, standard, extended, status]) => ({
      ...{
        clusterVersion,
        clusterType: "eks",
        defaultPlatformVersion: "eks.1",
        defaultVersion: clusterVersion === "1.35",
      },
      releaseDate: Date.parse(released) / 1000,
      endOfStandardSupportDate: Date.parse(standard) / 1000,
      endOfExtendedSupportDate: Date.parse(extended) / 1000,
      ...{
        status: status.toLowerCase().replace("_", "-"),
        versionStatus: status,
        kubernetesPatchVersion: `${clusterVersion}.1`,
      },
    }));
}

const addonNames = ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "aws-ebs-csi-driver"];

function addonsOf({ addonName, kubernetesVersion }: Input): object[] {
  const compatibilities = versions
    .filter(([version]) => kubernetesVersion === undefined || version === kubernetesVersion)
    .map(([clusterVersion]) => ({ clusterVersion, platformVersions: ["*"], defaultVersion: true }));
  return addonNames
    .filter((name) => addonName === undefined || name === addonName)
    .map((name) => ({
      ...{ addonName: name, type: "networking", publisher: "eks", owner: "aws" },
      addonVersions: [{ addonVersion: "v1.0.0-eksbuild.1", architecture: ["amd64", "arm64"], compatibilities }],
    }));
}

const arnOf = ({ region }: AwsCall, path: string) => `arn:aws:eks:${region}:123456789012:${path}`;
const seconds = () => Math.floor(Date.now() / 1000);
const times = () => ({ createdAt: seconds(), modifiedAt: seconds() });
