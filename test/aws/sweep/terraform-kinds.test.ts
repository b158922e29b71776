import { expect, it } from "vitest";

import { kinds } from "../../../src/aws/sweep/kinds.ts";
import { moduleNames, resourcesOf, terraformOf } from "../../synth/terraform/documents.ts";

/** What a sweep calls what Terraform makes; of what it does not look for, with what else that goes. */
const sweptAs: Readonly<Record<string, string | { readonly goesWith: string }>> = {
  aws_cloudwatch_event_rule: "EventBridge rule",
  aws_cloudwatch_event_target: { goesWith: "EventBridge rule" },
  aws_cloudwatch_log_group: "log group",
  aws_ec2_tag: { goesWith: "security group" },
  aws_eip: "Elastic IP",
  aws_eks_access_entry: { goesWith: "EKS cluster" },
  aws_eks_access_policy_association: { goesWith: "EKS cluster" },
  aws_eks_addon: { goesWith: "EKS cluster" },
  aws_eks_cluster: "EKS cluster",
  aws_eks_node_group: "EKS node group",
  aws_eks_pod_identity_association: { goesWith: "EKS cluster" },
  aws_flow_log: "flow log",
  aws_iam_instance_profile: "instance profile",
  aws_iam_openid_connect_provider: "OIDC provider",
  aws_iam_policy: "IAM policy",
  aws_iam_role: "IAM role",
  aws_iam_role_policy: { goesWith: "IAM role" },
  aws_iam_role_policy_attachment: { goesWith: "IAM role" },
  aws_internet_gateway: "internet gateway",
  aws_kms_alias: "KMS alias",
  aws_kms_key: "KMS key",
  aws_launch_template: "launch template",
  aws_nat_gateway: "NAT gateway",
  aws_route: { goesWith: "route table" },
  aws_route_table: "route table",
  aws_route_table_association: { goesWith: "route table" },
  aws_security_group: "security group",
  aws_sqs_queue: "SQS queue",
  aws_sqs_queue_policy: { goesWith: "SQS queue" },
  aws_subnet: "subnet",
  aws_vpc: "VPC",
  aws_vpc_endpoint: "VPC endpoint",
  aws_vpc_security_group_egress_rule: { goesWith: "security group" },
  aws_vpc_security_group_ingress_rule: { goesWith: "security group" },
  aws_vpc_security_group_rules_exclusive: { goesWith: "VPC" },
};

it("looks for every type of resource Terraform makes", () => {
  const { module } = terraformOf();
  const types = moduleNames.flatMap((name) => resourcesOf(module(name)).map(([address]) => address.split(".")[0]));
  expect([...new Set(types)].toSorted()).toEqual(Object.keys(sweptAs));
  const known = kinds.map(({ name }) => name);
  for (const as of Object.values(sweptAs)) expect(known).toContain(typeof as === "string" ? as : as.goesWith);
});
