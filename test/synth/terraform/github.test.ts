import { describe, expect, it } from "vitest";

import { deployPolicies } from "../../../src/synth/terraform/deploy-policies.ts";
import { policyJson } from "../../../src/synth/terraform/policy-json.ts";
import { reaperPolicies } from "../../../src/synth/terraform/reaper-policies.ts";
import { github, type Json, resourcesOf, terraformOf } from "./documents.ts";

const { files, module, values } = terraformOf({ github });
const own: Json = JSON.parse(files.get("terraform/environments/dev/github/terraform.tfvars.json") ?? "null");

const scope = {
  partition: "aws-us-gov",
  region: "ap-southeast-1",
  account: "123456789012",
  cluster: "aura-".padEnd(37, "x"),
  environment: "x".repeat(32),
};
const policies = deployPolicies({
  ...scope,
  bucket: "b".repeat(63),
  role: "arn:aws-us-gov:iam::123456789012:role/AuraWorkflow",
  boundary: `arn:aws-us-gov:iam::123456789012:policy/AuraWorkflowBoundary-${scope.cluster}`,
});
const reaper = reaperPolicies(scope);
const statements = Object.values(policies).flat();
const allows = (action: string) => statements.filter(({ actions }) => actions.includes(action));

describe("a workflow's role", () => {
  it("lives apart from the environment that the workflow destroys", () => {
    expect(own.github_subjects).toEqual([
      "repo:acme@12/models@345:environment:dev",
      "repo:acme/models:environment:dev",
    ]);
    expect(own.state_bucket).toBe("aura-123456789012-us-east-1");
    expect(Object.keys(values).filter((name) => name.startsWith("github"))).toEqual([]);
    expect(terraformOf().files.has("terraform/environments/dev/github/main.tf.json")).toBe(false);
    const state = files.get("terraform/environments/dev/github/state.s3.tfbackend") ?? "";
    expect(/key += "(.*)"/.exec(state)?.[1]).not.toMatch(/^aura\/dev\//);
  });

  it("administers the cluster, under the name it has", () => {
    const [, role] = resourcesOf(module("IAM/github")).find(([address]) => address === "aws_iam_role.github") ?? [];
    const name = role.name.replace("${var.cluster_name}", "aura-dev");
    expect(values.admin_principal_arns).toEqual([`arn:aws:iam::123456789012:role/${name}`]);
  });

  it("is trusted by both forms of the claim and the repository's id", () => {
    const [{ condition }] = module("IAM/github").data.aws_iam_policy_document.github_trust.statement;
    const tests = condition.map(({ test, variable }: Json) => `${test} ${variable.split(":")[1]}`);
    expect(tests).toEqual(["StringEquals aud", "StringEquals repository_id", "StringEquals sub"]);
  });

  it("stays below IAM's limit with the longest names", () => {
    for (const [name, list] of [...Object.entries(policies), ...Object.entries(reaper)])
      expect(JSON.stringify(policyJson(list)).length, name).toBeLessThan(6144);
  });

  it("may not give itself or others more than it has", () => {
    const changing = /^iam:(Attach|Put|Create|Delete|Detach|Update|Set|Tag)/;
    for (const { actions, resources, sid } of statements.filter((one) => one.actions.some((a) => changing.test(a))))
      for (const resource of resources)
        expect(resource, `${sid} ${actions[0]}`).not.toMatch(/AuraWorkflow|:role\/\*|\*$(?<!\/\*)/);
    for (const { conditions = [] } of [...allows("iam:CreateRole"), ...allows("iam:PutRolePolicy")])
      expect(conditions.map(([, variable]) => variable)).toContain("iam:PermissionsBoundary");
    for (const { conditions = [] } of allows("iam:AttachRolePolicy"))
      expect(conditions.map(([, variable]) => variable)).toEqual(["iam:PermissionsBoundary", "iam:PolicyARN"]);
    expect(statements.flatMap(({ actions }) => actions)).not.toContain("iam:DeleteRolePermissionsBoundary");
  });

  it("removes only what carries the environment's or the cluster's tag", () => {
    const removing = ["ec2:TerminateInstances", "ec2:DeleteVpc", "ec2:DeleteVolume", "ec2:DeleteTags"].flatMap(allows);
    expect(removing).toHaveLength(8);
    for (const { sid, conditions = [] } of removing)
      expect(
        conditions.some(([, variable]) => variable.startsWith("aws:ResourceTag/")),
        sid,
      ).toBe(true);
  });

  it("changes no network but its own", () => {
    const changing = ["ec2:AuthorizeSecurityGroupIngress", "ec2:CreateRoute", "ec2:DeleteVpcEndpoints"].flatMap(allows);
    for (const { sid, resources, conditions = [] } of changing) {
      const isOwn = conditions.some(([, variable]) => variable.startsWith("aws:ResourceTag/"));
      // a rule is made by leave of its group
      expect(isOwn || resources.every((one) => !/\*$(?<!(rule|interface)\/\*)/.test(one)), sid).toBe(true);
    }
    expect(changing.map(({ sid }) => sid)).toEqual([
      "AllowChangingOwn",
      "AllowPartsOfOwn",
      "AllowChangingOwn",
      "AllowChangingOwn",
    ]);
  });

  it("tags nothing that it has not made", () => {
    const own = ["VPC", "EKS"].flatMap((name) => resourcesOf(module(name)).map(([address]) => address.split(".")[0]));
    // takes over a group that EC2 made, and begins with its tags
    expect(own).not.toContain("aws_default_security_group");
    const tagging = allows("ec2:CreateTags").map(({ conditions = [] }) => conditions.map(([, variable]) => variable));
    for (const variables of tagging)
      expect(variables.some((one) => one === "ec2:CreateAction" || one.startsWith("aws:ResourceTag/"))).toBe(true);
  });

  it("does not set up the bucket it shares", () => {
    expect(
      statements
        .flatMap(({ actions }) => actions)
        .filter((one) => /^s3:(Create|Put(?!Object$)|Delete.*Bucket)/.test(one)),
    ).toEqual([]);
  });

  it("knows every role that the environment makes", () => {
    const named = ["VPC", "IAM_EKS", "IAM"].flatMap((name) =>
      resourcesOf(module(name)).flatMap(([address, block]) =>
        address.startsWith("aws_iam_role.") ? [block.name] : [],
      ),
    );
    const known = allows("iam:PassRole").flatMap(({ resources }) => resources.map((one) => one.split("role/")[1]));
    expect(named.map((name) => name.replace("${var.cluster_name}", "aura-".padEnd(37, "x"))).toSorted()).toEqual(
      known.toSorted(),
    );
  });
});

describe("a reaper's role", () => {
  const actions = new Set(Object.values(reaper).flatMap((list) => list.flatMap((one) => one.actions)));

  it("is trusted from an environment of its own", () => {
    expect(own.github_reaper_subjects).toEqual([
      "repo:acme@12/models@345:environment:dev-reaper",
      "repo:acme/models:environment:dev-reaper",
    ]);
    const [{ condition }] = module("IAM/github").data.aws_iam_policy_document.reaper_trust.statement;
    expect(condition).toContainEqual({
      test: "StringEquals",
      variable: "token.actions.githubusercontent.com:sub",
      values: "${var.github_reaper_subjects}",
    });
  });

  it("makes, changes and hands on nothing", () => {
    const harmless = /:(Describe|Get|List|Delete|Detach|Disassociate|Revoke|Release|Remove|Terminate|Cancel|Schedule)/;
    expect([...actions].filter((action) => !harmless.test(action))).toEqual([]);
    expect([...actions].filter((action) => /^(s3|sts):/.test(action))).toEqual([]);
  });

  it("removes by the environment's tag or its names alone", () => {
    const removing = Object.values(reaper)
      .flat()
      .filter((one) => one.actions.some((action) => !/:(Describe|Get|List)/.test(action)));
    for (const { sid, resources, conditions = [] } of removing) {
      const isTagged = conditions.some(([, variable]) => variable.startsWith("aws:ResourceTag/"));
      const isNamed = resources.every((one) => one.includes("aura-xxx") || one.includes("oidc-provider/oidc.eks."));
      expect(isTagged || isNamed, sid).toBe(true);
    }
  });
});
