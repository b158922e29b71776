import { join } from "node:path";

import { callerIdentity, refuseOtherAccount } from "../../aws/account.ts";
import { awsClients } from "../../aws/clients.ts";
import { ensureStateBucket } from "../../aws/state/state-bucket.ts";
import { Failure } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import type { Environment } from "../../spec/environment.ts";
import { loadEnvironment } from "../../spec/load.ts";
import { githubDocuments } from "../../synth/terraform/github-documents.ts";
import { githubRoleFiles } from "../../synth/terraform/terraform-files.ts";
import { catalogNames } from "../catalog-names.ts";
import type { CommandResult } from "../command.ts";
import type { Context } from "../context.ts";
import { withInterrupts } from "../interrupt.ts";
import { answerFlags, type DescribingFlags, described } from "./described.ts";
import { type FieldName, fields } from "./fields.ts";
import { planFiles } from "./file-plan.ts";
import { initText } from "./init-text.ts";
import { agreeToOverwrite } from "./overwrite.ts";
import { ownPackage } from "./own-package.ts";
import type { Prompts } from "./prompts.ts";
import { engineHere, rolesCommand } from "./remaining.ts";
import { writePlan } from "./write-plan.ts";

export interface RoleFlags extends DescribingFlags {
  readonly bucket: boolean;
  readonly print: boolean;
  readonly force: boolean;
}

/** `aura init --github-role`: what makes the workflow's roles: files to apply, or what IAM takes by hand. */
export async function githubRole(context: Context, flags: RoleFlags): Promise<CommandResult> {
  const own = await ownPackage(context);
  const committed = await committedEnvironment(context, flags);
  const { environment, prompts } = committed ?? (await described(context, flags, own));
  const documents = githubDocuments(environment);
  const name = environment.name;
  if (flags.print) {
    return {
      data: { ok: true, environment: name, ...documents },
      stdout: JSON.stringify(documents, null, 2),
      text: "",
    };
  }
  const plan = await planFiles(context.cwd, githubRoleFiles(environment));
  const say = (line: string) => void context.process.stderr.write(`${line}\n`);
  await agreeToOverwrite(plan, {
    force: flags.force,
    prompts,
    command: own.command,
    commandLine: context.commandLine,
    say,
  });
  await writePlan(plan, context.pid);
  const bucket = flags.bucket ? await bucketOf(context, environment) : undefined;
  const remaining = [rolesCommand({ environment, own, engine: await engineHere(context, environment) })];
  const data = { ok: true, environment: name, wrote: plan.changed, ...(bucket && { bucket }), ...documents };
  // with the bucket it is a part of that command
  if (bucket !== undefined) return { data, text: `the state's bucket ${bucket} is there` };
  return { data: { ...data, remaining }, text: initText(plan, remaining) };
}

/** What `aura.yaml` says, where it names a repository; options that say something else would not be heard. */
async function committedEnvironment(
  context: Context,
  flags: RoleFlags,
): Promise<{ readonly environment: Environment; readonly prompts: Prompts | undefined } | undefined> {
  const path = join(context.cwd, "aura.yaml");
  const text = await readText(path);
  if (text === undefined) return undefined;
  const environment = loadEnvironment({ path, text, variables: {}, known: catalogNames() });
  if (environment.github === undefined) return undefined;
  const given = Object.keys(answerFlags(flags)).map((name) => fields[name as FieldName].option);
  const all = [...given, ...(flags.oidcProvider === undefined ? [] : ["--oidc-provider"])];
  if (all.length === 0) return { environment, prompts: flags.yes ? undefined : await context.prompts() };
  throw new Failure("USAGE", `aura.yaml says already what ${all.join(", ")} would say`, {
    where: path,
    fix: "change github: in aura.yaml and leave the options out; or describe it anew: aura init --force",
  });
}

/** Makes the bucket of the roles' own state, as a deploy would. */
function bucketOf(context: Context, environment: Environment): Promise<string> {
  const { accounts, bucket, profile } = environment.aws;
  return withInterrupts(context, async ({ stop: signal }) => {
    const clients = awsClients({ env: context.process.env, region: environment.region, profile });
    const identity = await callerIdentity(clients);
    refuseOtherAccount(identity, { allowed: accounts });
    const { region, s3 } = clients;
    const made = await ensureStateBucket({
      s3,
      account: identity.account,
      region,
      bucket,
      clock: context.clock,
      signal,
    });
    return made.name;
  });
}
