import { DeleteQueueCommand, GetQueueUrlCommand, ListQueueTagsCommand } from "@aws-sdk/client-sqs";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Kind } from "../kind.ts";
import { unlessMissing } from "./cluster-parts.ts";

/** The queue by which EC2 warns Karpenter. */
export const queues: Kind = {
  name: "SQS queue",
  why: "costs nothing while it is empty; blocks the next deploy, which has one of the same name",
  async find({ clients, call, scope }) {
    const name = ownNames(scope.cluster).queue;
    const found = await unlessMissing(async () => {
      const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: name }), call);
      const { Tags = {} } = await clients.sqs.send(new ListQueueTagsCommand({ QueueUrl }), call);
      return { id: QueueUrl ?? "", tags: Tags };
    });
    if (found === undefined) return [];
    const fix = `aws sqs delete-queue --region ${scope.region} --queue-url ${found.id}`;
    return [{ ...found, name, signs: [`is called ${name}`], fix }];
  },
  async remove(QueueUrl, { clients, call }) {
    await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }), call);
  },
};
