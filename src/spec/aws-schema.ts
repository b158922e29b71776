import * as v from "valibot";

import { parseCidr } from "../kernel/cidr.ts";
import { defaults } from "./defaults.ts";
import { mapping, oneOf, pattern, record, whole } from "./fields.ts";
import type { Known } from "./known.ts";

/** What every AWS service takes as the value of a tag. */
export const tagValue = /^[A-Za-z0-9 _.:/=+@-]{0,256}$/;

export function networkSchema() {
  const { cidr, nat, intraSubnets, endpoints, flowLogs } = defaults.network;
  return mapping(
    {
      cidr: v.pipe(
        v.optional(range("an IPv4 range from /16 to /22, such as 10.64.0.0/16", 16, 22), cidr),
        v.description("IPv4 range of the VPC. Subnets are cut from it."),
      ),
      nat: v.pipe(
        v.optional(oneOf(["none", "single", "per-az"]), nat),
        v.description(
          "How nodes reach the internet: through one NAT gateway, one in each zone, or not at all (images in ECR, everything else through endpoints).",
        ),
      ),
      intraSubnets: v.pipe(
        v.optional(flag(), intraSubnets),
        v.description("Give the control plane's interfaces subnets of their own, without a route out."),
      ),
      endpoints: v.pipe(
        v.optional(
          v.array(pattern(/^[a-z0-9][a-z0-9.-]*$/, "a service such as ecr.api"), "a list of services"),
          endpoints,
        ),
        v.description("AWS services to reach through interface endpoints, at about 0.01 USD an hour in each zone."),
        v.examples([["ecr.api", "ecr.dkr"]]),
      ),
      flowLogs: v.pipe(v.optional(flag(), flowLogs), v.description("Log the traffic that the network rejects.")),
    },
    "a mapping such as { cidr: 10.64.0.0/16 }",
  );
}

export function clusterSchema(known: Known) {
  const { version, publicEndpoint, privateEndpoint, accessCidrs, adminPrincipals, ...more } = defaults.cluster;
  return mapping(
    {
      version: v.pipe(
        v.optional(oneOf(known.kubernetesVersions, versionExpected(known)), version),
        v.description(
          "Kubernetes version, in quotes. Only those in EKS's standard support: extended support costs six times as much.",
        ),
        v.examples([version]),
      ),
      publicEndpoint: v.pipe(
        v.optional(flag(), publicEndpoint),
        v.description("Whether the Kubernetes API can be reached from outside of the VPC, by accessCidrs only."),
      ),
      privateEndpoint: v.pipe(
        v.optional(flag(), privateEndpoint),
        v.description("Whether the Kubernetes API can be reached from within the VPC."),
      ),
      accessCidrs: v.pipe(
        v.optional(
          v.array(
            range("an IPv4 range such as 203.0.113.7/32, not the whole internet", 1, 32),
            "a list of IPv4 ranges",
          ),
          accessCidrs,
        ),
        v.description(
          "Ranges that may reach the public endpoint. With none it stays closed until a deploy adds its own address.",
        ),
        v.examples([["203.0.113.0/24"]]),
      ),
      adminPrincipals: v.pipe(
        v.optional(
          v.array(
            pattern(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/, "the ARN of an IAM role or user"),
            "a list of ARNs",
          ),
          adminPrincipals,
        ),
        v.description("IAM roles and users that administer the cluster, beside whoever deploys."),
        v.examples([["arn:aws:iam::123456789012:role/ml-platform"]]),
      ),
      kms: v.pipe(
        v.optional(flag(), more.kms),
        v.description(
          "Encrypt secrets with a KMS key of your own (1 USD a month, and it stays for 7 days) instead of AWS's.",
        ),
      ),
      logRetentionDays: v.pipe(
        v.optional(oneOfNumbers(logRetentions), more.logRetentionDays),
        v.description("How many days CloudWatch keeps the control plane's logs."),
      ),
      permissionsBoundary: v.optional(
        v.pipe(
          pattern(/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, "the ARN of an IAM policy"),
          v.description("Policy that bounds what every role made here may ever do. Default: none."),
          v.examples(["arn:aws:iam::123456789012:policy/boundary"]),
        ),
      ),
      systemNodes: v.pipe(
        v.optional(systemNodesSchema(), {}),
        v.description("The nodes that Karpenter and CoreDNS run on; jobs never do."),
      ),
      identity: v.pipe(
        v.optional(oneOf(["irsa", "pod-identity"]), more.identity),
        v.description("How Karpenter gets its AWS role: by the cluster's OIDC provider, or by EKS Pod Identity."),
      ),
    },
    'a mapping such as { version: "1.36" }',
  );
}

function systemNodesSchema() {
  const { instanceTypes, count } = defaults.cluster.systemNodes;
  const expected = "an instance type such as t3.large";
  return mapping(
    {
      instanceTypes: v.pipe(
        v.optional(
          v.pipe(
            v.array(pattern(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, expected), "a list of instance types"),
            v.minLength(1, "at least one instance type"),
          ),
          instanceTypes,
        ),
        v.description("Instance types, x86: the first that there is."),
      ),
      count: v.pipe(
        v.optional(whole(2, 10, "a whole number from 2 to 10"), count),
        v.description("How many there are: Karpenter runs twice, on two nodes."),
      ),
    },
    "a mapping such as { count: 2 }",
  );
}

export function githubSchema() {
  const id = whole(1, Number.MAX_SAFE_INTEGER, "the number that GitHub's API gives as id");
  return mapping(
    {
      repository: v.pipe(
        pattern(/^[\w.-]+\/[\w.-]+$/, "a repository such as ORG/REPO"),
        v.description("The repository, as ORG/REPO."),
      ),
      ownerId: v.pipe(id, v.description("Id of the organisation: `gh api users/ORG --jq .id`.")),
      repositoryId: v.pipe(id, v.description("Id of the repository: `gh api repos/ORG/REPO --jq .id`.")),
      environment: v.pipe(
        v.optional(pattern(/^[\w.-]{1,255}$/, "the name of a GitHub environment"), "dev"),
        v.description("The GitHub environment that the workflow's jobs run in."),
      ),
      providerArn: v.pipe(
        pattern(
          /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/token\.actions\.githubusercontent\.com$/,
          "the ARN of the account's OIDC provider token.actions.githubusercontent.com",
        ),
        v.description("The account's OIDC provider of GitHub Actions."),
      ),
      createProvider: v.pipe(
        v.optional(flag(), false),
        v.description(
          "Make that provider along with the roles: for an account that has none yet. It has one at most, for all repositories.",
        ),
      ),
    },
    "a mapping with repository, ownerId, repositoryId and providerArn",
  );
}

export function tagsSchema() {
  const key = pattern(
    /^(?! *$|[Aa][Ww][Ss]:|aura:)[A-Za-z0-9 _.:/+@-]{1,128}$/,
    "a tag's key of up to 128 characters that does not begin with aws: or aura:",
  );
  const value = pattern(tagValue, "a tag's value of up to 256 characters");
  return v.pipe(
    record(key, value, "a mapping of tags"),
    v.maxEntries(30, "at most 30 tags: AWS takes 50 on a resource"),
  );
}

function flag() {
  return v.boolean("true or false");
}

function oneOfNumbers(numbers: readonly number[]) {
  const expected = `one of ${numbers.join(", ")}`;
  return v.pipe(v.number(expected), v.values(numbers, expected));
}

/** What CloudWatch takes. */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function versionExpected({ kubernetesVersions }: Known): string {
  return `a version in standard support, in quotes: ${kubernetesVersions.map((version) => `"${version}"`).join(" or ")}`;
}

/** An IPv4 range whose prefix is between `shortest` and `longest`. */
function range(expected: string, shortest: number, longest: number) {
  const fits = (text: string) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && cidr.prefix >= shortest && cidr.prefix <= longest;
  };
  return v.pipe(v.string(expected), v.check(fits, expected));
}
