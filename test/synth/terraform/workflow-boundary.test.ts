import { describe, expect, it } from "vitest";

import { controllerPolicy } from "../../../src/synth/terraform/controller-policy.ts";
import { deployPolicies } from "../../../src/synth/terraform/deploy-policies.ts";
import { karpenterPolicies } from "../../../src/synth/terraform/karpenter-policies.ts";
import type { Statement } from "../../../src/synth/terraform/policies.ts";
import { policyJson } from "../../../src/synth/terraform/policy-json.ts";
import { reaperPolicies } from "../../../src/synth/terraform/reaper-policies.ts";
import { workflowBoundary } from "../../../src/synth/terraform/workflow-boundary.ts";
import { github, resourcesOf, terraformOf } from "./documents.ts";
import { allows } from "./iam-decision.ts";

const [region, account, cluster] = ["eu-west-1", "123456789012", "aura-dev"];
const iam = (what: string) => `arn:aws:iam::${account}:${what}`;
const boundary = iam("policy/AuraWorkflowBoundary-aura-dev");
const scope = { partition: "aws", region, account, cluster, environment: "dev", bucket: "aura-bucket", boundary };
const deploys = deployPolicies({ ...scope, role: iam("role/AuraWorkflow-aura-dev") });
const statements = workflowBoundary(scope);
const { module } = terraformOf({ github });

const here = { "aws:RequestedRegion": region };
const bounded = { "iam:PermissionsBoundary": boundary };
const ownCluster = `arn:aws:eks:${region}:${account}:cluster/aura-dev`;
const instance = `arn:aws:ec2:${region}:${account}:instance/i-1`;
const template = `arn:aws:ec2:${region}:${account}:launch-template/lt-1`;
const key = `arn:aws:kms:${region}:${account}:key/1`;
const ownNodeTag = "aws:ResourceTag/kubernetes.io/cluster/aura-dev";
const ownNode = { [ownNodeTag]: "owned" };
const ownRole = iam("role/aura-dev-cluster");

describe("the workflow's boundary", () => {
  it.each([
    ["a node in the region", "ec2:RunInstances", "*", here],
    ["its own cluster", "eks:CreateCluster", ownCluster, here],
    ["a look at clusters", "eks:ListClusters", "*", here],
    ["an image for a node", "ecr:BatchGetImage", "*", here],
    ["a node that says it is there", "ssm:UpdateInstanceInformation", "*", here],
    ["the newest image of a node", "ssm:GetParameter", `arn:aws:ssm:${region}::parameter/aws/service/eks/x`, here],
    ["its own state", "s3:PutObject", "arn:aws:s3:::aura-bucket/aura/dev/aura-dev.tfstate", here],
    ["a volume for its own node", "ec2:AttachVolume", instance, { ...here, ...ownNode }],
    ["a key that is being made", "kms:TagResource", "*", here],
    ["its own key's removal", "kms:ScheduleKeyDeletion", key, { ...here, "aws:ResourceTag/aura:environment": "dev" }],
    ["a look at prices, wherever they are", "pricing:GetProducts", "*", { "aws:RequestedRegion": "us-east-1" }],
    ["a role of its own that is bound", "iam:CreateRole", ownRole, bounded],
    ["a policy on a role that is bound", "iam:AttachRolePolicy", ownRole, bounded],
    ["the handing on of its own role", "iam:PassRole", ownRole, {}],
    ["the removal of its own role", "iam:DeleteRole", ownRole, {}],
    ["a policy of its own", "iam:CreatePolicy", iam("policy/AuraOutputsPolicy-aura-dev"), {}],
    ["a look at itself", "iam:GetRole", iam("role/AuraWorkflow-aura-dev"), {}],
    ["a role for EC2's spot", "iam:CreateServiceLinkedRole", iam("role/aws-service-role/spot.amazonaws.com/X"), {}],
  ])("lets %s be", (_what, action, resource, context) => {
    expect(allows(statements, { action, resource, context })).toBe(true);
  });

  it.each([
    ["a node in another region", "ec2:RunInstances", "*", { "aws:RequestedRegion": "us-east-1" }],
    ["another cluster's doors", "eks:CreateAccessEntry", `arn:aws:eks:${region}:${account}:cluster/prod`, here],
    ["another's pods' identity", "eks:CreatePodIdentityAssociation", ownCluster.replace("aura-dev", "prod"), here],
    ["a command on a machine", "ssm:SendCommand", instance, here],
    ["a shell on a machine", "ssm:StartSession", instance, { ...here, ...ownNode }],
    ["a secret parameter", "ssm:GetParameter", `arn:aws:ssm:${region}:${account}:parameter/password`, here],
    ["another's start-up script", "ec2:ModifyInstanceAttribute", instance, here],
    ["another's disk", "ec2:DetachVolume", instance, { ...here, [ownNodeTag.replace("dev", "prod")]: "owned" }],
    ["another's launch template", "ec2:CreateLaunchTemplateVersion", template, here],
    ["another's image replaced", "ecr:PutImage", `arn:aws:ecr:${region}:${account}:repository/app`, here],
    ["another's key taken by a tag", "kms:TagResource", key, { ...here, "aws:RequestTag/aura:environment": "dev" }],
    ["another's key rewritten", "kms:PutKeyPolicy", key, here],
    ["another's bucket", "s3:GetObject", "arn:aws:s3:::payroll/2026.csv", here],
    ["another environment's state", "s3:PutObject", "arn:aws:s3:::aura-bucket/aura/prod/aura-prod.tfstate", here],
    ["another's queue", "sqs:ReceiveMessage", `arn:aws:sqs:${region}:${account}:orders`, here],
    ["another service", "lambda:CreateFunction", "*", here],
    ["a user", "iam:CreateUser", iam("user/eve"), {}],
    ["an access key", "iam:CreateAccessKey", iam("user/eve"), {}],
    ["a password", "iam:UpdateLoginProfile", iam("user/eve"), {}],
    ["a group", "iam:AddUserToGroup", iam("group/admins"), {}],
    ["a role without a boundary", "iam:CreateRole", ownRole, {}],
    ["a role with another boundary", "iam:CreateRole", ownRole, { "iam:PermissionsBoundary": iam("policy/wide") }],
    ["rights for a role that is not bound", "iam:PutRolePolicy", ownRole, {}],
    ["a role of somebody else", "iam:CreateRole", iam("role/admin"), bounded],
    ["somebody else's role for a node", "iam:PassRole", iam("role/admin"), {}],
    ["a role set free", "iam:DeleteRolePermissionsBoundary", ownRole, {}],
    ["a role bound by another", "iam:PutRolePermissionsBoundary", ownRole, {}],
    ["a boundary rewritten", "iam:CreatePolicyVersion", boundary, {}],
    ["a boundary removed", "iam:DeletePolicy", boundary, {}],
    ["its own role changed", "iam:UpdateAssumeRolePolicy", iam("role/AuraWorkflow-aura-dev"), {}],
    ["another issuer of tokens", "iam:CreateOpenIDConnectProvider", iam("oidc-provider/evil.example"), {}],
    ["an account of the organisation", "organizations:CreateAccount", "*", {}],
    ["a setting of the account", "account:EnableRegion", "*", here],
    ["a payment", "billing:UpdateBillingPreferences", "*", here],
    ["another's role taken on", "sts:AssumeRole", iam("role/admin"), here],
  ])("does not let %s be", (_what, action, resource, context) => {
    expect(allows(statements, { action, resource, context })).toBe(false);
  });

  it("leaves every policy what it needs", () => {
    const arns = {
      clusterArn: `arn:aws:eks:${region}:${account}:cluster/${cluster}`,
      nodeRoleArn: iam(`role/KarpenterNodeRole-${cluster}`),
      queueArn: `arn:aws:sqs:${region}:${account}:${cluster}`,
    };
    const all = [
      ...[deploys, reaperPolicies(scope), karpenterPolicies({ ...scope, ...arns })].flatMap((one) =>
        Object.values(one).flat(),
      ),
      ...controllerPolicy(scope),
    ];
    expect(all.length).toBeGreaterThan(60);
    expect(all.flatMap(lost)).toEqual([]);
  });

  it("stays below IAM's limit with the longest names", () => {
    const longest = { ...scope, partition: "aws-us-gov", region: "ap-southeast-1", cluster: "aura-".padEnd(37, "x") };
    const names = { environment: "x".repeat(32), bucket: "b".repeat(63), boundary: boundary.padEnd(120, "x") };
    const text = JSON.stringify(policyJson(workflowBoundary({ ...longest, ...names })));
    expect(text.length).toBeLessThan(6144);
  });
});

describe("who is bound by it", () => {
  it("is the workflow, the reaper and every role they make", () => {
    const roles = resourcesOf(module("IAM/github")).filter(([address]) => address.startsWith("aws_iam_role."));
    expect(roles.map(([address, { permissions_boundary: by }]) => [address, /AuraWorkflowBoundary-/.test(by)])).toEqual(
      [
        ["aws_iam_role.github", true],
        ["aws_iam_role.reaper", true],
      ],
    );
    expect(terraformOf({ github }).values.permissions_boundary_arn).toBe(boundary);
    expect(terraformOf().values.permissions_boundary_arn).toBeUndefined();
  });

  it("gives way to the boundary that an account asks for", () => {
    const asked = iam("policy/everybody");
    const { values, files } = terraformOf({ github, cluster: { permissionsBoundary: asked } });
    const own = JSON.parse(files.get("terraform/environments/dev/github/terraform.tfvars.json") ?? "");
    expect([values.permissions_boundary_arn, own.permissions_boundary_arn]).toEqual([asked, asked]);
    expect(module("IAM/github").resource.aws_iam_policy.boundary.count).toContain('var.permissions_boundary_arn == ""');
  });
});

/** What a statement allows and the boundary takes away again, in the region and of roles that are bound. */
function lost({ effect, actions, resources }: Statement): string[] {
  if (effect === "Deny") return [];
  const context = { ...here, ...bounded, ...ownNode, "aws:ResourceTag/aura:environment": "dev" };
  // a pattern of several resources is tried by one of them; Karpenter's profiles are all in the cluster's own path
  const profiles = `instance-profile/karpenter/${region}/${cluster}/x`;
  const tried = resources.map((one) =>
    one === "*" ? one : one.replace(/instance-profile\/\*$/, profiles).replaceAll("*", "x"),
  );
  return actions.flatMap((action) =>
    tried.flatMap((resource) => (allows(statements, { action, resource, context }) ? [] : [`${action} ${resource}`])),
  );
}
