import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { PricingClient } from "@aws-sdk/client-pricing";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";

import { type CredentialsOptions, credentialsOf } from "./credentials.ts";
import { awsFailure } from "./errors.ts";

/** An AWS account in one region, through the SDK's clients. Made once for a command. */
export interface AwsClients {
  readonly region: string;
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly kms: KMSClient;
  readonly logs: CloudWatchLogsClient;
  readonly metrics: CloudWatchClient;
  readonly elb: ElasticLoadBalancingClient;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly quotas: ServiceQuotasClient;
  /** In us-east-1, where the price list is served, whatever the region. */
  readonly pricing: PricingClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
}

export interface ClientsOptions extends CredentialsOptions {
  readonly region: string;
  /** Attempts of each call, the first included. Default 6. */
  readonly maxAttempts?: number;
  /** How long an attempt waits for a connection, and for the next bytes, in milliseconds. Default 10 and 60 seconds. */
  readonly patience?: { readonly connectMs: number; readonly answerMs: number };
  /** Told of each request that is sent, retries included: the service as `EC2`, the operation as `DescribeInstances`. */
  readonly onCall?: (service: string, operation: string) => void;
}

const defaultPatience = { connectMs: 10_000, answerMs: 60_000 };

type Middleware = Pick<EC2Client["middlewareStack"], "add">;

/**
 * Clients that retry what passes (throttling, 5xx, broken connections) with a pause that grows, and reject with a
 * `Failure` where credentials, permissions or the network are wrong (see `awsFailure`). Everything else rejects with the
 * SDK's own exception, to be told by its name.
 */
export function awsClients(options: ClientsOptions): AwsClients {
  const { region, env, maxAttempts = 6, patience = defaultPatience } = options;
  const endpoint = env["AWS_ENDPOINT_URL"];
  const shared = {
    region,
    credentials: credentialsOf(options),
    maxAttempts,
    retryMode: "standard",
    // the SDK itself waits for ever
    requestHandler: { connectionTimeout: patience.connectMs, socketTimeout: patience.answerMs },
    ...(endpoint !== undefined && endpoint !== "" && { endpoint }),
  };
  const watched = <T extends { readonly middlewareStack: unknown }>(client: T): T => {
    // each client's stack has types of its own, which nothing here looks at
    watch(client.middlewareStack as Middleware, options);
    return client;
  };
  return {
    region,
    ec2: watched(new EC2Client(shared)),
    eks: watched(new EKSClient(shared)),
    iam: watched(new IAMClient(shared)),
    sts: watched(new STSClient(shared)),
    s3: watched(new S3Client({ ...shared, ...(endpoint && { forcePathStyle: true }), followRegionRedirects: true })),
    sqs: watched(new SQSClient(shared)),
    events: watched(new EventBridgeClient(shared)),
    kms: watched(new KMSClient(shared)),
    logs: watched(new CloudWatchLogsClient(shared)),
    metrics: watched(new CloudWatchClient(shared)),
    elb: watched(new ElasticLoadBalancingClient(shared)),
    elbv2: watched(new ElasticLoadBalancingV2Client(shared)),
    quotas: watched(new ServiceQuotasClient(shared)),
    pricing: watched(new PricingClient({ ...shared, region: "us-east-1" })),
    tagging: watched(new ResourceGroupsTaggingAPIClient(shared)),
  };
}

/** Counts requests where each one leaves, and translates errors where a whole call has failed. */
function watch(stack: Middleware, { onCall }: ClientsOptions): void {
  const nameOf = (context: { readonly clientName?: string; readonly commandName?: string }) => ({
    service: (context.clientName ?? "").replace(/Client$/, ""),
    operation: (context.commandName ?? "").replace(/Command$/, ""),
  });
  stack.add(
    (next, context) => async (args) => {
      const { service, operation } = nameOf(context);
      onCall?.(service, operation);
      return next(args);
    },
    { step: "deserialize", name: "auraCount" },
  );
  stack.add(
    (next, context) => async (args) => {
      const { service, operation } = nameOf(context);
      return next(args).catch((error: unknown) => {
        throw awsFailure(error, `${service}:${operation}`) ?? error;
      });
    },
    { step: "initialize", name: "auraFailures", priority: "high" },
  );
}
