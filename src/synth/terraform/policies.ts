import { DataAwsIamPolicyDocument } from "@cdktn/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { IamPolicy } from "@cdktn/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktn/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktn/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { TerraformStack } from "cdktn";

/** One statement that allows (or denies) something, in the words of IAM. */
export interface Statement {
  readonly sid: string;
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly services?: readonly string[];
  /** Anybody, where a resource's own policy denies. */
  readonly everyone?: boolean;
  readonly federated?: string;
  /** The root of an account, which stands for all of its principals that IAM lets. */
  readonly account?: string;
  readonly conditions?: readonly Condition[];
}

/** As `StringEquals aws:RequestedRegion eu-west-1`. */
export type Condition = readonly [test: string, variable: string, ...values: string[]];

/**
 * A policy as a data source, which the engine renders. Not by `jsonencode`: with a reference in a condition's key cdktn
 * would write null there, and Karpenter's ownership conditions would be lost (hashicorp/terraform-cdk#3525).
 */
export function policyDocument(stack: TerraformStack, name: string, statements: readonly Statement[]): string {
  return new DataAwsIamPolicyDocument(stack, `policy_document.${name}`, { statement: statements.map(statementBlock) })
    .json;
}

function statementBlock({ sid, effect, actions, resources, conditions = [], ...who }: Statement) {
  const principals = [
    ...(who.services ? [{ type: "Service", identifiers: [...who.services] }] : []),
    ...(who.account ? [{ type: "AWS", identifiers: [who.account] }] : []),
    ...(who.federated ? [{ type: "Federated", identifiers: [who.federated] }] : []),
    ...(who.everyone ? [{ type: "*", identifiers: ["*"] }] : []),
  ];
  return {
    sid,
    ...(effect && { effect }),
    actions: [...actions],
    ...(resources.length > 0 && { resources: resources as string[] }),
    ...(principals.length > 0 && { principals }),
    ...(conditions.length > 0 && {
      condition: conditions.map(([test, variable, ...values]) => ({ test, variable, values })),
    }),
  };
}

/** The boundary of a role, in a module that takes `permissionsBoundaryArn`. */
export const permissionsBoundary = '${var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn}';

/** Who may take on a role: an AWS service. EKS and Pod Identity tag their sessions. */
export function trustedService(
  sid: string,
  service: string,
  actions: readonly string[] = ["sts:AssumeRole"],
): Statement {
  return { sid, actions, resources: [], services: [service] };
}

export const podIdentity = trustedService("AllowPodIdentity", "pods.eks.amazonaws.com", [
  "sts:AssumeRole",
  "sts:TagSession",
]);

/**
 * A role and the AWS managed policies it has, by their names. Who uses the role waits for `attachments`: EKS could
 * neither make nor remove its network interfaces without them.
 */
export function roleWith(
  stack: TerraformStack,
  id: string,
  role: { readonly name: string; readonly description: string; readonly trust: string; readonly partition: string },
  managedPolicies: readonly string[],
): { readonly role: IamRole; readonly attachments: IamRolePolicyAttachment[] } {
  const made = new IamRole(stack, `role.${id}`, {
    name: role.name,
    description: role.description,
    assumeRolePolicy: role.trust,
    permissionsBoundary,
    forceDetachPolicies: true,
  });
  const attachments = managedPolicies.map(
    (policy) =>
      new IamRolePolicyAttachment(stack, `attachment.${id}_${policy.split("/").at(-1)}`, {
        role: made.name,
        policyArn: `arn:${role.partition}:iam::aws:policy/${policy}`,
      }),
  );
  return { role: made, attachments };
}

/** A policy of the module's own that a role has. */
export function attachPolicy(
  stack: TerraformStack,
  role: IamRole,
  { id, name }: { readonly id: string; readonly name: string },
  statements: readonly Statement[],
): void {
  const policy = new IamPolicy(stack, `policy.${id}`, { name, policy: policyDocument(stack, id, statements) });
  new IamRolePolicyAttachment(stack, `attachment.${id}`, { role: role.name, policyArn: policy.arn });
}
