import { afterAll, beforeAll, beforeEach, describe, test } from "vitest";

import { type AwsClients, awsClients } from "../../../src/aws/clients.ts";
import { type Front, insider, startFront } from "./front.ts";
import { findMoto, type Moto, startMoto } from "./moto.ts";

/** An AWS account for a file of tests: moto behind the front. */
export interface Aws {
  readonly moto: Moto;
  readonly front: Front;
  /** What the SDK and the engines are told by: region, keys of nobody, and the endpoint. */
  readonly env: Readonly<Record<string, string>>;
  /** Clients of a region. Default us-east-1. */
  clients(region?: string): AwsClients;
  /** Clients whose calls are neither counted nor hit by faults. */
  readonly inside: AwsClients;
}

const account = { region: "us-east-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE" };

/** Starts both; the caller stops both, the front first. */
export async function startAws(program: string): Promise<Aws> {
  const moto = await startMoto(program);
  const front = await startFront(moto.url);
  const env = {
    AWS_ENDPOINT_URL: front.url,
    AWS_REGION: account.region,
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: "secret-key-that-nobody-may-keep",
    AWS_EC2_METADATA_DISABLED: "true",
    AURA_CHECK_IP_URL: front.checkIpUrl,
  };
  const inside = awsClients({ region: account.region, env: { ...env, AWS_ACCESS_KEY_ID: insider } });
  return { moto, front, env, inside, clients: (region = account.region) => awsClients({ region, env }) };
}

/**
 * Registers the tests of a file on an account that is empty again before each test; `aws()` is it, from within a test.
 * Without moto they are skipped, and say so.
 */
export async function onAws(title: string, register: (aws: () => Aws) => void): Promise<void> {
  const { program, problem } = await findMoto();
  if (program === undefined) return void describe.skip(`${title} (${problem})`, () => test("needs moto", () => {}));
  describe(title, () => {
    let aws: Aws;
    beforeAll(async () => {
      aws = await startAws(program);
    }, 90_000);
    beforeEach(async () => {
      await aws.moto.reset();
      aws.front.reset();
    });
    afterAll(async () => {
      await aws.front.stop();
      aws.moto.stop();
    });
    register(() => aws);
  });
}
