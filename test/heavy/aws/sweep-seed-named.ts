import { CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeRuleCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, ListAliasesCommand } from "@aws-sdk/client-kms";
import { CreateQueueCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";

import type { AwsClients } from "../../../src/aws/clients.ts";
import type { Tags } from "../../../src/aws/sweep/scope.ts";
import { ownNames } from "../../../src/synth/terraform/own-names.ts";
import type { Seed } from "./sweep-seed.ts";
import { auraTags, karpenterTags, type World } from "./sweep-tags.ts";

const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" }],
});

/** A list of tags; none at all where a world has none. */
const listed = (world: World, tags: Tags) => {
  const list = Object.entries(world.tags(tags)).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? {} : { Tags: list };
};

/** What Terraform makes outside the VPC, under the names it gives, and Karpenter's instance profile. */
export async function seedNamed(clients: AwsClients, world: World, seed: Seed): Promise<void> {
  await seedIdentity(clients, world, seed);
  const { events, logs, sqs } = clients;
  const names = ownNames(world.cluster);
  const aura = auraTags(world);
  for (const Name of names.rules) {
    const EventPattern = JSON.stringify({ source: ["aws.ec2"] });
    await events.send(new PutRuleCommand({ Name, EventPattern, ...listed(world, aura) }));
    const Targets = [{ Id: "KarpenterInterruptionQueue", Arn: `arn:aws:sqs:us-east-1:123456789012:${names.queue}` }];
    await events.send(new PutTargetsCommand({ Rule: Name, Targets }));
    seed("EventBridge rule", Name, () => events.send(new DescribeRuleCommand({ Name })));
  }
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: names.queue, tags: { ...world.tags(aura) } }),
  );
  seed("SQS queue", QueueUrl, () => sqs.send(new GetQueueUrlCommand({ QueueName: names.queue })));
  for (const logGroupName of names.logGroups) {
    const tags = world.tags(aura);
    await logs.send(new CreateLogGroupCommand({ logGroupName, ...(Object.keys(tags).length > 0 && { tags }) }));
    seed("log group", logGroupName, async () => {
      const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
      return (await logs.send(command)).logGroups?.filter((group) => group.logGroupName === logGroupName);
    });
  }
  await seedKey(clients, world, seed);
}

async function seedKey({ kms }: AwsClients, world: World, seed: Seed): Promise<void> {
  const { keyAlias } = ownNames(world.cluster);
  const tags = Object.entries(world.tags(auraTags(world))).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Description: "secrets", ...(tags.length > 0 && { Tags: tags }) }),
  );
  const KeyId = KeyMetadata?.KeyId ?? "";
  seed("KMS key", KeyId, async () => {
    return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState !== "PendingDeletion";
  });
  await kms.send(new CreateAliasCommand({ AliasName: keyAlias, TargetKeyId: KeyId }));
  seed("KMS alias", keyAlias, async () => {
    const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
    return Aliases.filter(({ AliasName }) => AliasName === keyAlias);
  });
}

async function seedIdentity({ iam }: AwsClients, world: World, seed: Seed): Promise<void> {
  const names = ownNames(world.cluster);
  const aura = auraTags(world);
  const policies: string[] = [];
  for (const PolicyName of names.policies) {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName, PolicyDocument: document, ...listed(world, aura) }),
    );
    const PolicyArn = Policy?.Arn ?? "";
    policies.push(PolicyArn);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document, SetAsDefault: true }));
    seed("IAM policy", PolicyArn, () => iam.send(new GetPolicyCommand({ PolicyArn })));
  }
  for (const RoleName of names.roles) {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document, ...listed(world, aura) }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "write", PolicyDocument: document }));
    for (const PolicyArn of policies) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    seed("IAM role", RoleName, () => iam.send(new GetRoleCommand({ RoleName })));
  }
  const karpenters = { ...karpenterTags(world), "topology.kubernetes.io/region": "us-east-1" };
  for (const [name, Path, tags] of [
    [`${world.cluster}_1234`, `/karpenter/us-east-1/${world.cluster}/c0ffee/`, karpenters],
    [names.instanceProfile, "/", aura],
  ] as const) {
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name, Path, ...listed(world, tags) }));
    const RoleName = names.instanceProfile;
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName }));
    seed("instance profile", name, () => iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })));
  }
  const Url = `https://oidc.eks.us-east-1.amazonaws.com/id/${Buffer.from(world.cluster).toString("hex").toUpperCase()}`;
  const { OpenIDConnectProviderArn } = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url,
      ClientIDList: ["sts.amazonaws.com"],
      ThumbprintList: ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
      ...listed(world, aura),
    }),
  );
  seed("OIDC provider", OpenIDConnectProviderArn, () =>
    iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })),
  );
}
