import * as v from "valibot";

import { defaults } from "./defaults.ts";
import { mapping, oneOf, pattern } from "./fields.ts";

/** The AWS account, and with which tools it is worked on. */
export function awsSchema() {
  return mapping(
    {
      accounts: v.pipe(
        v.optional(v.array(pattern(/^\d{12}$/, "an account id of 12 digits, in quotes"), "a list of account ids"), []),
        v.description(
          "AWS accounts that may be touched; credentials of any other are refused. Default: whichever the credentials are for.",
        ),
        v.examples([["123456789012"]]),
      ),
      profile: v.optional(
        v.pipe(
          pattern(/^[^\s[\]]+$/, "the name of a profile"),
          v.description("Profile of ~/.aws/config. Default: what the AWS SDK finds."),
          v.examples(["ml"]),
        ),
      ),
      state: v.pipe(
        v.optional(oneOf(["s3", "local"]), defaults.aws.state),
        v.description(
          "Where Terraform's state is kept: in a bucket that is made if need be, or in .aura on this machine.",
        ),
      ),
      bucket: v.optional(
        v.pipe(
          pattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of an S3 bucket"),
          v.description("Bucket of the state and of what jobs bring home. Default: aura-ACCOUNT-REGION."),
          v.examples(["my-team-aura"]),
        ),
      ),
      engine: v.optional(
        v.pipe(
          oneOf(["tofu", "terraform"]),
          v.description("What applies terraform/. Default: tofu, and terraform where there is no tofu."),
        ),
      ),
      charts: v.pipe(
        v.optional(chartsSchema(), {}),
        v.description("Where charts come from, where not from their makers."),
      ),
    },
    "a mapping such as { state: s3 }",
  );
}

function chartsSchema() {
  const expected = "a chart: oci://HOST/PATH, or a path";
  const chart = (what: string) =>
    v.optional(v.pipe(v.string(expected), v.nonEmpty(expected), v.description(`Chart of ${what}.`)));
  return mapping(
    {
      karpenterCrd: chart("Karpenter's CRDs"),
      karpenter: chart("Karpenter"),
      devicePlugin: chart("NVIDIA's device plugin"),
    },
    "a mapping such as { karpenter: oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/karpenter/karpenter }",
  );
}

/** A cluster that somebody already has. */
export function kubernetesSchema() {
  return mapping(
    {
      kubeconfig: v.optional(
        v.pipe(
          v.string("a path"),
          v.nonEmpty("a path"),
          v.description("Kubeconfig, relative to this file. Default: KUBECONFIG, then ~/.kube/config."),
        ),
      ),
      context: v.optional(
        v.pipe(
          v.string("the name of a context"),
          v.nonEmpty("the name of a context"),
          v.description("Context of the kubeconfig. Default: its current one."),
          v.examples(["ml-prod"]),
        ),
      ),
      nodeClass: v.optional(
        v.pipe(
          pattern(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "the name of an EC2NodeClass"),
          v.description(
            "An EC2NodeClass of that cluster: the pools become NodePools with it, named NAME-POOL. Default: no pools are made, and jobs get the nodes that the cluster gives them.",
          ),
          v.examples(["default"]),
        ),
      ),
    },
    "a mapping such as { context: ml-prod }",
  );
}
