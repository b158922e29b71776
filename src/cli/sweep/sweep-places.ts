import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { callerIdentity, refuseOtherAccount } from "../../aws/account.ts";
import { type AwsClients, awsClients } from "../../aws/clients.ts";
import { expiredEnvironments } from "../../aws/sweep/expired.ts";
import type { SweepScope } from "../../aws/sweep/scope.ts";
import { Failure } from "../../kernel/failure.ts";
import { deployedEnvironments } from "../../lifecycle/deployed.ts";
import type { Environment } from "../../spec/environment.ts";
import { clusterName } from "../../synth/kubernetes/labels.ts";
import type { Context } from "../context.ts";
import type { FileFlags } from "../flags.ts";
import { loadSpec } from "../load.ts";

export interface SweepFlags extends FileFlags {
  readonly environment?: string;
  readonly cluster?: string;
  readonly region?: string;
  readonly regions?: string;
  readonly expired: boolean;
  readonly delete: boolean;
  readonly force: boolean;
  readonly yes: boolean;
}

/** An environment to be swept, and the clients of its region. */
export interface SweepPlace {
  readonly clients: AwsClients;
  readonly scope: SweepScope;
}

/**
 * What a sweep is about: the named environment or that of the file, or with `--expired` all that have expired, of
 * those that are named if any are. Fails with AWS_DENIED in an account that may not be touched, and with USAGE where a run is open here: that is alive.
 */
export async function sweepPlaces(context: Context, flags: SweepFlags, signal: AbortSignal): Promise<SweepPlace[]> {
  if (context.process.env["AURA_CLOUD"]) throw rehearsed();
  const spec = await specOf(context, flags);
  const isNamed = flags.environment !== undefined || flags.cluster !== undefined;
  const only = isNamed || !flags.expired ? nameOf(flags, spec) : undefined;
  const named = flags.expired ? undefined : only;
  const alive = flags.force ? [] : await aliveHere(context, flags);
  if (named !== undefined && alive.includes(named)) throw stillAlive(named);
  const places: SweepPlace[] = [];
  for (const region of regionsOf(context, flags, spec)) {
    const clients = awsClients({ region, env: context.process.env, profile: spec?.aws.profile });
    const identity = await callerIdentity(clients);
    refuseOtherAccount(identity, { allowed: spec?.aws.accounts ?? [] });
    const names = named === undefined ? await expiredIn(context, clients, signal) : [named];
    for (const environment of names.filter((name) => name === (only ?? name) && !alive.includes(name))) {
      const cluster = clusterName({ name: environment });
      places.push({ clients, scope: { cluster, environment, account: identity.account, region } });
    }
  }
  return places;
}

/** A rehearsed account has no AWS behind it: to look for credentials would be to look in the wrong place. */
function rehearsed(): Failure {
  return new Failure("USAGE", "a rehearsal leaves nothing on AWS to sweep", {
    where: "AURA_CLOUD",
    why: "the variable names a folder that stands for the account, as aura pipeline has it",
    fix: "unset AURA_CLOUD; in a rehearsal aura down ends with the same look for leftovers",
  });
}

async function expiredIn({ clock }: Context, clients: AwsClients, signal: AbortSignal): Promise<string[]> {
  const found = await expiredEnvironments(clients, { now: clock.now(), signal });
  return found.map(({ environment }) => environment);
}

/** The file says which accounts may be touched; it may be absent where the flags say all the rest. */
async function specOf(context: Context, flags: SweepFlags): Promise<Environment | undefined> {
  const isNamed = flags.expired || flags.environment !== undefined || flags.cluster !== undefined;
  const isThere = await access(resolve(context.cwd, flags.file)).then(
    () => true,
    () => false,
  );
  return isNamed && !isThere ? undefined : loadSpec(context, flags.file, {});
}

const prefix = clusterName({ name: "" });

function nameOf({ environment, cluster }: SweepFlags, spec: Environment | undefined): string {
  if (cluster !== undefined && !cluster.startsWith(prefix)) {
    throw new Failure("USAGE", `no cluster of Aura is called ${cluster}`, {
      why: `their names begin with ${prefix}, and others are not for Aura to remove`,
      fix: "aura sweep --environment NAME",
    });
  }
  const ofCluster = cluster?.slice(prefix.length);
  if (environment !== undefined && ofCluster !== undefined && environment !== ofCluster) {
    throw new Failure(
      "USAGE",
      `the cluster of ${environment} is ${clusterName({ name: environment })}, not ${cluster}`,
      {
        fix: "pass one of --environment and --cluster",
      },
    );
  }
  return environment ?? ofCluster ?? spec?.name ?? "";
}

function regionsOf({ process: { env } }: Context, flags: SweepFlags, spec: Environment | undefined): string[] {
  const list = flags.regions?.split(",").map((region) => region.trim());
  const one = flags.region ?? spec?.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const regions = (list ?? [one ?? ""]).filter((region) => region !== "");
  if (list !== undefined && !flags.expired) {
    throw new Failure("USAGE", "--regions goes with --expired", { fix: "pass --region for one environment" });
  }
  if (regions.length > 0) return [...new Set(regions)];
  throw new Failure("USAGE", "no region is named", { fix: "pass --region us-east-1, or set AWS_REGION" });
}

async function aliveHere({ cwd }: Context, { file }: SweepFlags): Promise<string[]> {
  const deployed = await deployedEnvironments(dirname(resolve(cwd, file)));
  return deployed.filter(({ target }) => target === "aws").map(({ name }) => name);
}

function stillAlive(name: string): Failure {
  return new Failure("USAGE", `the environment ${name} is deployed from here, and its run is open`, {
    why: "what it has is in use and not left over",
    fix: "aura down; or aura sweep --force if it cannot",
  });
}
