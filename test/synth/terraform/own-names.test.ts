import { expect, it } from "vitest";

import { ownNames } from "../../../src/synth/terraform/own-names.ts";
import { resourcesOf, terraformOf } from "./documents.ts";

const { module } = terraformOf();
const named = (type: string) =>
  ["VPC", "IAM_EKS", "EKS", "IAM"]
    .flatMap((name) => resourcesOf(module(name)))
    .flatMap(([address, { name }]) => (address.startsWith(`${type}.`) ? [name] : []))
    .map((name: string) => name.replace("${var.cluster_name}", "aura-dev"))
    .toSorted();
const names = ownNames("aura-dev");

it.each([
  ["aws_iam_role", names.roles],
  ["aws_iam_policy", names.policies],
  ["aws_iam_instance_profile", [names.instanceProfile]],
  ["aws_cloudwatch_event_rule", names.rules],
  ["aws_sqs_queue", [names.queue]],
  ["aws_cloudwatch_log_group", names.logGroups],
  ["aws_kms_alias", [names.keyAlias]],
])("names every %s as Terraform does", (type, known) => {
  expect(named(type)).toEqual([...known].toSorted());
});
