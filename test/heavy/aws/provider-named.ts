import { CreateLogGroupCommand, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteRuleCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { CreateQueueCommand, DeleteQueueCommand } from "@aws-sdk/client-sqs";

import { pairs, type ResourceKind } from "./provider-kinds.ts";

const anyPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" }],
});

/** What an account knows by its name. The documents of policies are another suite's part. */
export const namedKinds: Readonly<Record<string, ResourceKind>> = {
  aws_cloudwatch_log_group: {
    async create({ input, tags }, { logs }) {
      await logs.send(new CreateLogGroupCommand({ logGroupName: input.name, tags }));
      return input.name;
    },
    remove: (logGroupName, _, { logs }) => logs.send(new DeleteLogGroupCommand({ logGroupName })),
  },
  aws_sqs_queue: {
    create: async ({ input, tags }, { sqs }) =>
      `${(await sqs.send(new CreateQueueCommand({ QueueName: input.name, tags }))).QueueUrl}`,
    remove: (QueueUrl, _, { sqs }) => sqs.send(new DeleteQueueCommand({ QueueUrl })),
  },
  aws_cloudwatch_event_rule: {
    async create({ input, tags }, { events }) {
      const rule = { Name: input.name, EventPattern: input.event_pattern, Tags: pairs(tags) };
      await events.send(new PutRuleCommand(rule));
      return input.name;
    },
    remove: (Name, _, { events }) => events.send(new DeleteRuleCommand({ Name })),
  },
  aws_iam_role: {
    async create({ input, tags }, { iam }) {
      const role = { RoleName: input.name, AssumeRolePolicyDocument: anyPolicy, Tags: pairs(tags) };
      await iam.send(new CreateRoleCommand(role));
      return input.name;
    },
    async remove(RoleName, _, { iam }) {
      const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
      if (InstanceProfiles.length > 0) {
        const message = "Cannot delete entity, must remove roles from instance profile first.";
        throw Object.assign(new Error(message), { name: "DeleteConflict" });
      }
      await iam.send(new DeleteRoleCommand({ RoleName }));
    },
  },
  aws_iam_policy: {
    async create({ input, tags }, { iam }) {
      const policy = { PolicyName: input.name, PolicyDocument: anyPolicy, Tags: pairs(tags) };
      return `${(await iam.send(new CreatePolicyCommand(policy))).Policy?.Arn}`;
    },
    remove: (PolicyArn, _, { iam }) => iam.send(new DeletePolicyCommand({ PolicyArn })),
  },
  aws_iam_instance_profile: {
    async create({ input, tags }, { iam }) {
      const InstanceProfileName = input.name;
      await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Tags: pairs(tags) }));
      await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: input.role }));
      return InstanceProfileName;
    },
    async remove(InstanceProfileName, { input }, { iam }) {
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: input.role }));
      await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
    },
  },
};
