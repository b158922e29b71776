import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { catalogNames } from "../../../src/cli/catalog-names.ts";
import type { Environment } from "../../../src/spec/environment.ts";
import { loadEnvironment } from "../../../src/spec/load.ts";

export const now = Date.UTC(2026, 10, 25);

/** An environment on AWS, with what `yaml` says beside its name. */
export function environmentOf(yaml = "pools: { gpu: { families: [g4dn, g5], limits: { gpus: 4 } } }"): Environment {
  const text = `version: 1\nname: dev\nregion: us-east-1\ntarget: aws\nzones: [us-east-1a, us-east-1b]\n${yaml}\n`;
  return loadEnvironment({ path: "/project/aura.yaml", text, variables: {}, known: catalogNames(), overrides: {} });
}

/** What operations answer, by name, such as `DescribeVpcs`. */
export type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;

/** Clients that send nothing. An operation without an answer fails the test. */
export function clientsOf(answers: Answers): AwsClients {
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    const name = command.constructor.name.replace(/Command$/, "");
    const answer = answers[name];
    if (answer === undefined) throw new TypeError(`nobody answers ${name}`);
    return answer(command.input as Readonly<Record<string, unknown>>);
  };
  const config = { credentials: async () => answers["credentials"]?.({}) ?? {} };
  // paginators look whose instance a client is
  const client = <T extends object>(type: { readonly prototype: T }) =>
    Object.assign(Object.create(type.prototype), { send, config }) as T;
  return {
    region: "us-east-1",
    ec2: client(EC2Client),
    eks: client(EKSClient),
    iam: client(IAMClient),
    s3: client(S3Client),
    sts: client(STSClient),
    quotas: client(ServiceQuotasClient),
  } as unknown as AwsClients;
}

/** An exception as the SDK throws it. */
export function exception(name: string, message = name, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}
