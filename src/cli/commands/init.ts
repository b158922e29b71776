import { join } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import { synthesize } from "../../synth/bundle.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { described } from "../init/described.ts";
import { envExample } from "../init/env-example.ts";
import { planFiles } from "../init/file-plan.ts";
import { gitFolder } from "../init/git-folder.ts";
import { ignoreText } from "../init/ignored.ts";
import { initText } from "../init/init-text.ts";
import { agreeToOverwrite } from "../init/overwrite.ts";
import { ownPackage } from "../init/own-package.ts";
import { engineHere, remainingCommands } from "../init/remaining.ts";
import { githubRole, type RoleFlags } from "../init/role.ts";
import { writePlan } from "../init/write-plan.ts";

interface InitFlags extends OutputFlags, RoleFlags {
  readonly githubRole: boolean;
}

/** `aura init`: writes all that a repository needs to deploy by a workflow, and says what remains to do. */
export async function init(this: Context, flags: InitFlags): Promise<void> {
  await perform(this, flags, () => (flags.githubRole ? githubRole(this, flags) : initialize(this, flags)));
}

async function initialize(context: Context, flags: InitFlags): Promise<CommandResult> {
  refuseRoleFlags(flags);
  const { cwd, commandLine } = context;
  const git = await gitFolder(context);
  const own = await ownPackage(context);
  const { environment, text, prompts } = await described(context, flags, own);
  const texts = new Map([
    ["aura.yaml", text],
    ...synthesize(environment),
    ["env.example", envExample],
    [".gitignore", ignoreText(await readText(join(cwd, ".gitignore")))],
  ]);
  const plan = await planFiles(cwd, texts, [".gitignore"]);
  const say = (line: string) => void context.process.stderr.write(`${line}\n`);
  await agreeToOverwrite(plan, { force: flags.force, prompts, command: own.command, commandLine, say });
  await writePlan(plan, context.pid);
  const engine = await engineHere(context, environment);
  const remaining = remainingCommands({ environment, paths: [...texts.keys()], own, git, engine });
  return {
    data: { ok: true, environment: environment.name, folder: cwd, wrote: plan.changed, remaining },
    text: initText(plan, remaining, `To see it first, here and without an account:\n${own.command} pipeline`),
  };
}

function refuseRoleFlags({ bucket, print }: InitFlags): void {
  const [given] = [...(bucket ? ["--bucket"] : []), ...(print ? ["--print"] : [])];
  if (given === undefined) return;
  throw new Failure("USAGE", `${given} is of the roles alone`, { fix: `aura init --github-role ${given}` });
}
