import { CloudwatchEventRule } from "@cdktn/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktn/provider-aws/lib/cloudwatch-event-target/index.js";
import { SqsQueue } from "@cdktn/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktn/provider-aws/lib/sqs-queue-policy/index.js";

import type { IamStack } from "./iam-inputs.ts";
import { interruptionEvents, ruleName } from "./own-names.ts";
import { policyDocument } from "./policies.ts";

/** The queue through which EC2 warns Karpenter that an instance will go. */
export function interruptionQueue(module: IamStack) {
  const queue = new SqsQueue(module, "queue.interruption", {
    name: module.var.clusterName,
    messageRetentionSeconds: 300,
    sqsManagedSseEnabled: true,
  });
  const document = policyDocument(module, "interruption_queue", [
    {
      sid: "AllowEvents",
      actions: ["sqs:SendMessage"],
      resources: [queue.arn],
      services: ["events.amazonaws.com", "sqs.amazonaws.com"],
    },
    {
      sid: "DenyHTTP",
      effect: "Deny",
      actions: ["sqs:*"],
      resources: [queue.arn],
      everyone: true,
      conditions: [["Bool", "aws:SecureTransport", "false"]],
    },
  ]);
  const policy = new SqsQueuePolicy(module, "queue_policy.interruption", { queueUrl: queue.url, policy: document });
  for (const [id, { source, type }] of Object.entries(interruptionEvents)) {
    const rule = new CloudwatchEventRule(module, `rule.${id}`, {
      name: ruleName(module.var.clusterName, id),
      description: `${type} to Karpenter`,
      eventPattern: JSON.stringify({ source: [source], "detail-type": [type] }),
    });
    new CloudwatchEventTarget(module, `target.${id}`, {
      rule: rule.name,
      targetId: "KarpenterInterruptionQueue",
      arn: queue.arn,
    });
  }
  module.output("queueName", queue.name, "Karpenter's interruption queue.");
  return { arn: queue.arn, policy };
}
