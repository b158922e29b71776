import { join } from "node:path";

import type { AwsClients } from "../../../aws/clients.ts";
import { ownCidr } from "../../../aws/eks/address.ts";
import { accessRanges } from "../../../aws/eks/endpoint-access.ts";
import type { Backend } from "../../../aws/tofu/backend.ts";
import { type Engine, engine } from "../../../aws/tofu/engine.ts";
import type { EngineListener } from "../../../aws/tofu/engine-options.ts";
import { findEngine } from "../../../aws/tofu/program.ts";
import { timestamp } from "../../../kernel/clock.ts";
import type { RunFacts, TargetRun } from "../../../lifecycle/target.ts";
import type { Environment } from "../../../spec/environment.ts";
import { stateKey } from "../../../synth/terraform/state-key.ts";
import { rootFolder, terraformFiles } from "../../../synth/terraform/terraform-files.ts";
import type { Context } from "../../context.ts";
import type { AccountFacts } from "./account-facts.ts";
import type { AwsPlace } from "./place.ts";

export interface EngineOfOptions {
  readonly context: Context;
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly place: AwsPlace;
  readonly facts: () => Promise<AccountFacts>;
  readonly run: RunFacts & Pick<TargetRun, "breakLock">;
}

/** OpenTofu or Terraform on the environment's files, below `.aura`. */
export async function engineOf(options: EngineOfOptions, listener: EngineListener): Promise<Engine> {
  const { context, environment, place } = options;
  const { commands, clock } = context;
  const env = engineCredentials(context.process.env, environment);
  const program = await findEngine(commands, env, environment.aws.engine);
  return engine({
    ...{ commands, clock, env, program, listener },
    folder: join(place.folder, "terraform"),
    logs: join(place.folder, "logs"),
    files: terraformFiles(environment),
    root: rootFolder(environment),
    backend: await backendOf(options),
    variables: await variablesOf(options),
    ...(options.run.breakLock && { breaksLock: true }),
  });
}

async function backendOf({ context, environment, place, facts }: EngineOfOptions): Promise<Backend> {
  const { account, bucket } = await facts();
  if (bucket === undefined) return { kind: "local", path: join(place.folder, "terraform.tfstate") };
  const endpoint = context.process.env["AWS_ENDPOINT_URL"];
  return {
    kind: "s3",
    bucket,
    key: stateKey(environment),
    region: environment.region,
    accountId: account,
    ...(endpoint !== undefined && endpoint !== "" && { endpoint }),
  };
}

/** What only a deploy knows: whose run it is, how long it may live, who may reach the API, where outputs go. */
async function variablesOf({ context, environment, facts, run }: EngineOfOptions): Promise<Record<string, unknown>> {
  const { cluster } = environment;
  const { bucket = "" } = await facts();
  const own = cluster.publicEndpoint ? await ownCidr(context.process.env).catch(() => undefined) : undefined;
  return {
    run: run.run,
    expires_at: timestamp(run.expiresAt),
    public_access_cidrs: accessRanges(cluster.accessCidrs, own),
    outputs_bucket: bucket,
  };
}

/**
 * Fails with AWS_UNREACHABLE when a cluster would be made that nobody could reach: no range is given, and nobody tells
 * this machine's. Only a deploy asks: what is to be removed needs no ranges.
 */
export async function requireAccess({ process }: Context, { cluster }: Environment): Promise<void> {
  if (cluster.publicEndpoint && cluster.accessCidrs.length === 0) await ownCidr(process.env);
}

/** What the AWS provider would take before a profile that a variable names. */
const beforeProfiles = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
];

/** A profile that was asked for wins over keys and tokens in variables, as it does with the SDK's clients here. */
export function engineCredentials(env: Context["process"]["env"], { aws }: Environment): Context["process"]["env"] {
  if (aws.profile === undefined) return env;
  const kept = Object.entries(env).filter(([name]) => !beforeProfiles.includes(name));
  return { ...Object.fromEntries(kept), AWS_PROFILE: aws.profile };
}
