import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";

import type { GithubDocuments } from "../../../src/synth/terraform/github-documents.ts";
import { type Project, project } from "../../journeys/harness.ts";
import { onAws } from "./aws.ts";

const repository = ["--repository", "acme/models", "--owner-id", "12", "--repository-id", "345"];

await onAws("the roles of a workflow on moto", (aws) => {
  async function projectOnAws(): Promise<Project> {
    const made = await project();
    made.env = { ...aws().env };
    return made;
  }

  test("an account and its provider are found by themselves", async () => {
    const made = await projectOnAws();
    expect((await made.aura("init", ...repository, "--force")).code).toBe(0);
    const text = await made.read("aura.yaml");
    expect(text).toContain('accounts: ["123456789012"]');
    expect(text).toContain("createProvider: true");
    await aws().inside.iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: "https://token.actions.githubusercontent.com" }),
    );
    expect((await made.aura("init", ...repository, "--force")).code).toBe(0);
    expect(await made.read("aura.yaml")).toContain("createProvider: false");
  });

  test("IAM takes every document as it is printed", async () => {
    const made = await projectOnAws();
    const { stdout } = await made.aura("init", ...repository, "--github-role", "--print", "--name", "dev");
    const { provider, boundary, roles } = JSON.parse(stdout) as GithubDocuments;
    const { iam } = aws().inside;
    const policy = async ({ name, document }: { readonly name: string; readonly document: object }) => {
      const text = { PolicyName: name, PolicyDocument: JSON.stringify(document) };
      return (await iam.send(new CreatePolicyCommand(text))).Policy?.Arn;
    };
    await iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: provider.url, ClientIDList: [...provider.clientIds] }),
    );
    const bounds = boundary && (await policy(boundary));
    for (const { name, description, maxSessionSeconds, permissionsBoundary, trust, policies } of roles) {
      expect(permissionsBoundary).toBe(bounds);
      await iam.send(
        new CreateRoleCommand({
          RoleName: name,
          Description: description,
          MaxSessionDuration: maxSessionSeconds,
          PermissionsBoundary: permissionsBoundary,
          AssumeRolePolicyDocument: JSON.stringify(trust),
        }),
      );
      for (const one of policies)
        await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: await policy(one) }));
    }
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "AuraWorkflow-aura-dev" }));
    expect(attached.AttachedPolicies).toHaveLength(6);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "AuraWorkflow-aura-dev-reaper" }));
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(bounds);
  });

  test("the bucket of their state is made on request, in no other account", async () => {
    const made = await projectOnAws();
    await made.aura("init", ...repository, "--force");
    const outcome = await made.aura("init", "--github-role", "--bucket", "-o", "json");
    expect(outcome.json()).toMatchObject({ ok: true, bucket: "aura-123456789012-us-east-1" });
    await aws().inside.s3.send(new HeadBucketCommand({ Bucket: "aura-123456789012-us-east-1" }));
    await made.aura("init", ...repository, "--account", "999988887777", "--force");
    const refused = await made.aura("init", "--github-role", "--bucket", "-o", "json");
    expect(refused.json()).toMatchObject({ ok: false, error: { code: "AWS_DENIED" } });
  });
});
