import type { AwsClients } from "../../../aws/clients.ts";
import type { SweepScope } from "../../../aws/sweep/scope.ts";
import type { Environment } from "../../../spec/environment.ts";
import { clusterName } from "../../../synth/kubernetes/labels.ts";
import { stateBucketName } from "../../../synth/terraform/state-key.ts";

/** What an account makes of an environment's names. */
export interface AccountFacts {
  readonly account: string;
  readonly cluster: string;
  /** Of Terraform's state and of outputs; undefined where the state is kept on this machine. */
  readonly bucket: string | undefined;
  readonly scope: SweepScope;
  roleArn(name: string): string;
}

export function accountFacts(environment: Environment, { region }: AwsClients, account: string): AccountFacts {
  const cluster = clusterName(environment);
  const { state, bucket } = environment.aws;
  return {
    account,
    cluster,
    bucket: state === "local" ? undefined : stateBucketName({ bucket, account, region }),
    scope: { cluster, environment: environment.name, account, region },
    roleArn: (name) => `arn:${partitionOf(region)}:iam::${account}:role/${name}`,
  };
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
