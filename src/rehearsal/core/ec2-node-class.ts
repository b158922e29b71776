import { choice, filled, flag, int32, integer, list, map, object, quoted, rules, text } from "./karpenter-schema.ts";
import type { Schema } from "./schema.ts";

const families = ["AL2", "AL2023", "Bottlerocket", "Windows2019", "Windows2022", "Windows2025"];
const windows = quoted(["windows2019", "windows2022", "windows2025"]);
const aliases = families.map((family) => family.toLowerCase());

const tags = map(text(), {
  maxProperties: 20,
  ...rules({ "empty tag keys or values aren't supported": "self.all(k, k != '' && self[k] != '')" }),
});

/** Every term of a list says something. */
const someOf = (...names: readonly string[]) => ({
  [`expected at least one, got none, ${quoted(names)}`]: `self.all(x, ${names.map((name) => `has(x.${name})`).join(" || ")})`,
});

/** A field that goes with none of some others. The CRDs ask it of any term (`exists`), or refuse only if all do it. */
const alone = (how: "exists" | "all", name: string, others: readonly string[], where: string) => ({
  [`'${name}' is mutually exclusive, cannot be set ${where}`]: `!self.${how}(x, has(x.${name}) && (${others.map((other) => `has(x.${other})`).join(" || ")}))`,
});

const inTerms = "with a combination of other fields in";
const amiTerms = list(
  object({
    alias: text({
      maxLength: 30,
      ...rules({
        "'alias' is improperly formatted, must match the format 'family@version'": "self.matches('^[a-zA-Z0-9]+@.+$')",
        [`family is not supported, must be one of the following: ${quoted(aliases).slice(1, -1)}`]: `self.split('@')[0] in ${quoted(aliases)}`,
        "windows families may only specify version 'latest'": `self.split('@')[0] in ${windows} ? self.split('@')[1] == 'latest' : true`,
      }),
    }),
    tags,
    id: text({ pattern: "ami-[0-9a-z]+" }),
    name: text(),
    owner: text(),
    ssmParameter: text(),
  }),
  {
    minItems: 1,
    maxItems: 30,
    ...rules({
      ...someOf("tags", "id", "name", "alias", "ssmParameter"),
      ...alone("exists", "id", ["alias", "tags", "name", "owner"], `${inTerms} amiSelectorTerms`),
      ...alone("exists", "alias", ["id", "tags", "name", "owner"], `${inTerms} amiSelectorTerms`),
      "'alias' is mutually exclusive, cannot be set with a combination of other amiSelectorTerms":
        "!(self.exists(x, has(x.alias)) && self.size() != 1)",
    }),
  },
);

const filledList = (name: string) => ({ [`${name} cannot be empty`]: "self.size() != 0" });
const subnetTerms = list(object({ tags, id: text({ pattern: "subnet-[0-9a-z]+" }) }), {
  maxItems: 30,
  ...rules({
    ...filledList("subnetSelectorTerms"),
    ...someOf("tags", "id"),
    ...alone("all", "id", ["tags"], `${inTerms} a subnet selector term`),
  }),
});
const securityGroupTerms = list(object({ tags, id: text({ pattern: "sg-[0-9a-z]+" }), name: text() }), {
  maxItems: 30,
  ...rules({
    ...filledList("securityGroupSelectorTerms"),
    ...someOf("tags", "id", "name"),
    ...alone("all", "id", ["tags", "name"], `${inTerms} a security group selector term`),
    ...alone("all", "name", ["tags", "id"], `${inTerms} a security group selector term`),
  }),
});
const reservationTerms = list(
  object({
    tags,
    id: text({ pattern: "^cr-[0-9a-z]+$" }),
    ownerID: text({ pattern: "^[0-9]{12}$" }),
    instanceMatchCriteria: choice("open", "targeted"),
  }),
  {
    maxItems: 30,
    ...rules({
      ...someOf("tags", "id", "instanceMatchCriteria"),
      ...alone(
        "all",
        "id",
        ["tags", "ownerID", "instanceMatchCriteria"],
        "along with other fields in a capacity reservation selector term",
      ),
    }),
  },
);

const ebs = object(
  {
    deleteOnTermination: flag,
    encrypted: flag,
    iops: integer({ format: "int64" }),
    kmsKeyID: text(),
    snapshotID: text(),
    throughput: integer({ format: "int64" }),
    volumeInitializationRate: int32(100, 300),
    volumeSize: text({
      pattern:
        "^((?:[1-9][0-9]{0,3}|[1-4][0-9]{4}|[5][0-8][0-9]{3}|59000)Gi|(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|[6][0-3][0-9]{3}|64000)G|([1-9]||[1-5][0-7]|58)Ti|([1-9]||[1-5][0-9]|6[0-3]|64)T)$",
    }),
    volumeType: choice("standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"),
  },
  rules({
    "snapshotID or volumeSize must be defined": "has(self.snapshotID) || has(self.volumeSize)",
    "snapshotID must be set when volumeInitializationRate is set":
      "!has(self.volumeInitializationRate) || (has(self.snapshotID) && self.snapshotID != '')",
  }),
);
const blockDevices = list(object({ deviceName: text(), ebs, rootVolume: flag }), {
  maxItems: 50,
  ...rules({
    "must have only one blockDeviceMappings with rootVolume":
      "self.filter(x, has(x.rootVolume) && x.rootVolume).size() <= 1",
  }),
});

// Newer CRDs than that of v1.14.1 take any kubelet settings, and so does the server whose answers were recorded
const kubelet: Schema = {
  type: "object",
  additionalProperties: { "x-kubernetes-preserve-unknown-fields": true },
  "x-kubernetes-preserve-unknown-fields": true,
};

const onOff = (value: string): Schema => ({ ...choice("enabled", "disabled"), default: value });
const metadataOptions = object(
  {
    httpEndpoint: onOff("enabled"),
    httpProtocolIPv6: onOff("disabled"),
    httpPutResponseHopLimit: integer({ format: "int64", minimum: 1, maximum: 64, default: 1 }),
    httpTokens: { ...choice("required", "optional"), default: "required" },
  },
  {
    default: {
      ...{ httpEndpoint: "enabled", httpProtocolIPv6: "disabled" },
      ...{ httpPutResponseHopLimit: 1, httpTokens: "required" },
    },
  },
);

const networkInterfaces = list(
  object(
    { deviceIndex: int32(0), interfaceType: choice("interface", "efa-only"), networkCardIndex: int32(0) },
    { required: ["deviceIndex", "interfaceType", "networkCardIndex"] },
  ),
  {
    maxItems: 150,
    ...rules({
      "networkInterfaces must include a primary interface with interfaceType='interface'":
        "self.size() == 0 || self.exists(x, x.deviceIndex == 0 && x.networkCardIndex == 0 && x.interfaceType == 'interface')",
      "networkInterfaces must not have duplicate networkCardIndex and deviceIndex pairs, and can have at most one efa device per network card":
        "self.all(x, self.filter(y, x.networkCardIndex == y.networkCardIndex && x.deviceIndex == y.deviceIndex).size() == 1 && (x.interfaceType != 'efa-only' || self.filter(y, x.networkCardIndex == y.networkCardIndex && y.interfaceType == 'efa-only').size() == 1))",
    }),
  },
);

const restricted: Record<string, string> = {
  "eks:eks-cluster-name": "k != 'eks:eks-cluster-name'",
  "kubernetes.io/cluster/": "!k.startsWith('kubernetes.io/cluster')",
  "karpenter.sh/nodepool": "k != 'karpenter.sh/nodepool'",
  "karpenter.sh/nodeclaim": "k != 'karpenter.sh/nodeclaim'",
  "karpenter.k8s.aws/ec2nodeclass": "k != 'karpenter.k8s.aws/ec2nodeclass'",
};
const ownTags = map(
  text(),
  rules({
    "empty tag keys aren't supported": "self.all(k, k != '')",
    ...Object.fromEntries(
      Object.entries(restricted).map(([name, rule]) => [
        `tag contains a restricted tag matching ${name}`,
        `self.all(k, ${rule})`,
      ]),
    ),
  }),
);

const familyRules = Object.fromEntries(
  families.map((family) => [
    `if set, amiFamily must be '${family}' or 'Custom' when using ${/^A/.test(family) ? "an" : "a"} ${family} alias`,
    `!has(self.amiFamily) || self.amiFamily in ['Custom', '${family}'] || !self.amiSelectorTerms.exists(x, has(x.alias) && x.alias.find('^[^@]+') == '${family.toLowerCase()}')`,
  ]),
);

/** The spec of an EC2NodeClass (karpenter.k8s.aws/v1). */
export const nodeClass: Schema = object(
  {
    amiFamily: choice("AL2", "AL2023", "Bottlerocket", "Custom", "Windows2019", "Windows2022", "Windows2025"),
    amiSelectorTerms: amiTerms,
    associatePublicIPAddress: flag,
    blockDeviceMappings: blockDevices,
    capacityReservationSelectorTerms: reservationTerms,
    connectionTracking: object(
      {
        tcpEstablishedTimeout: int32(60, 432_000),
        udpStreamTimeout: int32(60, 180),
        udpTimeout: int32(30, 60),
      },
      rules({
        "at least one of tcpEstablishedTimeout, udpStreamTimeout, or udpTimeout must be set":
          "has(self.tcpEstablishedTimeout) || has(self.udpStreamTimeout) || has(self.udpTimeout)",
      }),
    ),
    context: text(),
    cpuOptions: object({ nestedVirtualization: choice("enabled", "disabled") }),
    detailedMonitoring: flag,
    instanceProfile: filled("instanceProfile", "cannot"),
    instanceStorePolicy: choice("RAID0"),
    ipPrefixCount: int32(0),
    kubelet,
    metadataOptions,
    networkInterfaces,
    placementGroupSelector: object(
      { id: text({ pattern: "^pg-[0-9a-z]+$" }), name: text({ minLength: 1 }) },
      rules({
        "expected at least one, got none, ['name', 'id']": "has(self.name) || has(self.id)",
        "'name' and 'id' are mutually exclusive": "!(has(self.name) && has(self.id))",
      }),
    ),
    role: filled("role", "cannot"),
    securityGroupSelectorTerms: securityGroupTerms,
    subnetSelectorTerms: subnetTerms,
    tags: ownTags,
    userData: text(),
  },
  {
    required: ["amiSelectorTerms", "securityGroupSelectorTerms", "subnetSelectorTerms"],
    ...rules({
      "must specify exactly one of ['role', 'instanceProfile']": "has(self.role) != has(self.instanceProfile)",
      ...familyRules,
      "must specify amiFamily if amiSelectorTerms does not contain an alias":
        "has(self.amiFamily) || self.amiSelectorTerms.exists(x, has(x.alias))",
    }),
  },
);
