import type { Rule, Schema } from "./coded-schema.ts";
import type { JsonObject } from "./json.ts";
import { flag, integer, list, map, object, quantity, text } from "./nodepool-schema.ts";

// EC2NodeClass as its CRD in karpenter-provider-aws v1.14.1 (pkg/apis/crds) accepts it.

const families = ["AL2", "AL2023", "Bottlerocket", "Custom", "Windows2019", "Windows2022", "Windows2025"];
const aliases = ["al2", "al2023", "bottlerocket", "windows2019", "windows2022", "windows2025"];
const volumeSize =
  /^((?:[1-9][0-9]{0,3}|[1-4][0-9]{4}|[5][0-8][0-9]{3}|59000)Gi|(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|[6][0-3][0-9]{3}|64000)G|([1-9]||[1-5][0-7]|58)Ti|([1-9]||[1-5][0-9]|6[0-3]|64)T)$/;

type Terms = readonly JsonObject[];

/** Every term says something. */
const someOf = (names: readonly string[]): Rule => ({
  holds: (terms: Terms) => terms.every((term) => names.some((name) => term[name] !== undefined)),
  message: `expected at least one, got none, [${names.map((name) => `'${name}'`).join(", ")}]`,
});

/** A term with this field has no other. */
const alone = (name: string, where: string): Rule => ({
  holds: (terms: Terms) => terms.every((term) => term[name] === undefined || Object.keys(term).length === 1),
  message: `'${name}' is mutually exclusive, cannot be set with a combination of other fields in ${where}`,
});

const tags = map(text(), {
  rules: [
    {
      holds: (all: JsonObject) => Object.entries(all).every(([key, value]) => key !== "" && value !== ""),
      message: "empty tag keys or values aren't supported",
    },
  ],
});

const amiTerm = object({
  alias: text({
    longest: 30,
    rules: [
      {
        holds: (alias: string) => /^[a-zA-Z0-9]+@.+$/.test(alias),
        message: "'alias' is improperly formatted, must match the format 'family@version'",
      },
      {
        holds: (alias: string) => !alias.includes("@") || aliases.includes(alias.split("@")[0] ?? ""),
        message: `family is not supported, must be one of the following: ${aliases.map((name) => `'${name}'`).join(", ")}`,
      },
      {
        holds: (alias: string) => !alias.startsWith("windows") || alias.endsWith("@latest"),
        message: "windows families may only specify version 'latest'",
      },
    ],
  }),
  tags,
  id: text({ pattern: /ami-[0-9a-z]+/ }),
  name: text(),
  owner: text(),
  ssmParameter: text(),
});

const amiTerms = list(amiTerm, {
  fewest: 1,
  longest: 30,
  rules: [
    someOf(["tags", "id", "name", "alias", "ssmParameter"]),
    alone("id", "amiSelectorTerms"),
    alone("alias", "amiSelectorTerms"),
    {
      holds: (terms: Terms) => terms.length === 1 || terms.every(({ alias }) => alias === undefined),
      message: "'alias' is mutually exclusive, cannot be set with a combination of other amiSelectorTerms",
    },
  ],
});

const subnetTerms = list(object({ tags, id: text({ pattern: /subnet-[0-9a-z]+/ }) }), {
  fewest: 1,
  longest: 30,
  rules: [someOf(["tags", "id"]), alone("id", "a subnet selector term")],
});

const securityGroupTerms = list(object({ tags, id: text({ pattern: /sg-[0-9a-z]+/ }), name: text() }), {
  fewest: 1,
  longest: 30,
  rules: [
    someOf(["tags", "id", "name"]),
    alone("id", "a security group selector term"),
    alone("name", "a security group selector term"),
  ],
});

const reservationTerms = list(
  object({
    tags,
    id: text({ pattern: /^cr-[0-9a-z]+$/ }),
    ownerID: text({ pattern: /^[0-9]{12}$/ }),
    instanceMatchCriteria: text({ allowed: ["open", "targeted"] }),
  }),
  { longest: 30, rules: [alone("id", "a capacity reservation selector term")] },
);

const ebs = object(
  {
    deleteOnTermination: flag,
    encrypted: flag,
    iops: integer(),
    kmsKeyID: text(),
    snapshotID: text(),
    throughput: integer(),
    volumeInitializationRate: integer({ least: 100, most: 300 }),
    volumeSize: text({ pattern: volumeSize }),
    volumeType: text({ allowed: ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"] }),
  },
  {
    rules: [
      {
        holds: ({ snapshotID, volumeSize: size }: JsonObject) => snapshotID !== undefined || size !== undefined,
        message: "snapshotID or volumeSize must be defined",
      },
      {
        holds: ({ snapshotID, volumeInitializationRate: rate }: JsonObject) =>
          rate === undefined || snapshotID !== undefined,
        message: "snapshotID must be set when volumeInitializationRate is set",
      },
    ],
  },
);

const blockDevices = list(object({ deviceName: text(), ebs, rootVolume: flag }), {
  longest: 50,
  rules: [
    {
      holds: (devices: Terms) => devices.filter(({ rootVolume }) => rootVolume === true).length <= 1,
      message: "must have only one blockDeviceMappings with rootVolume",
    },
  ],
});

const percent = integer({ least: 0, most: 100 });
const kubelet = object({
  clusterDNS: list(text()),
  maxPods: integer(),
  podsPerCore: integer(),
  systemReserved: map(quantity),
  kubeReserved: map(quantity),
  evictionHard: map(text()),
  evictionSoft: map(text()),
  evictionSoftGracePeriod: map(text()),
  evictionMaxPodGracePeriod: integer(),
  imageGCHighThresholdPercent: percent,
  imageGCLowThresholdPercent: percent,
  cpuCFSQuota: flag,
});

const onOff = ["enabled", "disabled"];
const metadataOptions = object(
  {
    httpEndpoint: text({ allowed: onOff, default: "enabled" }),
    httpProtocolIPv6: text({ allowed: onOff, default: "disabled" }),
    httpPutResponseHopLimit: integer({ least: 1, most: 64, default: 1 }),
    httpTokens: text({ allowed: ["required", "optional"], default: "required" }),
  },
  {
    default: {
      httpEndpoint: "enabled",
      httpProtocolIPv6: "disabled",
      httpPutResponseHopLimit: 1,
      httpTokens: "required",
    },
  },
);

const reservedTags: [pattern: RegExp, name: string][] = [
  [/^eks:eks-cluster-name$/, "eks:eks-cluster-name"],
  [/^kubernetes\.io\/cluster/, "kubernetes.io/cluster/"],
  [/^karpenter\.sh\/nodepool$/, "karpenter.sh/nodepool"],
  [/^karpenter\.sh\/nodeclaim$/, "karpenter.sh/nodeclaim"],
  [/^karpenter\.k8s\.aws\/ec2nodeclass$/, "karpenter.k8s.aws/ec2nodeclass"],
];

const ownTags = map(text(), {
  rules: [
    { holds: (all: JsonObject) => !("" in all), message: "empty tag keys aren't supported" },
    ...reservedTags.map(([pattern, name]) => ({
      holds: (all: JsonObject) => !Object.keys(all).some((key) => pattern.test(key)),
      message: `tag contains a restricted tag matching ${name}`,
    })),
  ],
});

interface ClassLike {
  readonly role?: string;
  readonly instanceProfile?: string;
  readonly amiFamily?: string;
  readonly amiSelectorTerms?: readonly { readonly alias?: string }[];
}

const hasAlias = ({ amiSelectorTerms = [] }: ClassLike) => amiSelectorTerms.some(({ alias }) => alias !== undefined);

const classRules: Rule[] = [
  {
    holds: ({ role, instanceProfile }: ClassLike) => (role === undefined) !== (instanceProfile === undefined),
    message: "must specify exactly one of ['role', 'instanceProfile']",
  },
  {
    holds: (spec: ClassLike) => hasAlias(spec) || spec.amiFamily !== undefined,
    message: "must specify amiFamily if amiSelectorTerms does not contain an alias",
  },
  {
    holds: (spec: ClassLike) => matchesAlias(spec),
    message: "when specifying an amiFamily, it must be either Custom or match the family of the alias",
  },
];

function matchesAlias({ amiFamily, amiSelectorTerms = [] }: ClassLike): boolean {
  const family = amiSelectorTerms.find(({ alias }) => alias !== undefined)?.alias?.split("@")[0];
  return (
    amiFamily === undefined || amiFamily === "Custom" || family === undefined || amiFamily.toLowerCase() === family
  );
}

const filled = (name: string) =>
  text({ rules: [{ holds: (value: string) => value !== "", message: `${name} cannot be empty` }] });

export const nodeClassSchema: Schema = object(
  {
    amiFamily: text({ allowed: families }),
    amiSelectorTerms: amiTerms,
    associatePublicIPAddress: flag,
    blockDeviceMappings: blockDevices,
    capacityReservationSelectorTerms: reservationTerms,
    context: text(),
    detailedMonitoring: flag,
    instanceProfile: filled("instanceProfile"),
    instanceStorePolicy: text({ allowed: ["RAID0"] }),
    ipPrefixCount: integer({ least: 0 }),
    kubelet,
    metadataOptions,
    role: filled("role"),
    securityGroupSelectorTerms: securityGroupTerms,
    subnetSelectorTerms: subnetTerms,
    tags: ownTags,
    userData: text(),
  },
  { required: ["amiSelectorTerms", "securityGroupSelectorTerms", "subnetSelectorTerms"], rules: classRules },
);
