import type { Environment } from "../../spec/environment.ts";
import { rootFolder } from "../../synth/terraform/terraform-files.ts";
import type { Context } from "../context.ts";
import type { GitFolder } from "./git-folder.ts";
import { type OwnPackage, vendorFolder } from "./own-package.ts";

/** One thing that is left for a person to do: what, and the command that does it in this folder. */
export interface Remaining {
  readonly what: string;
  readonly command: string;
}

interface Place {
  readonly environment: Environment;
  /** The folder's files that Aura wrote or would write. */
  readonly paths: readonly string[];
  readonly own: OwnPackage;
  readonly git: GitFolder;
  /** `tofu` or `terraform`, whichever is here. */
  readonly engine: string;
}

/** The three commands that remain. */
export function remainingCommands(place: Place): Remaining[] {
  const repository = place.environment.github?.repository ?? "";
  return [
    rolesCommand(place),
    { what: "commit and push, to the default branch", command: pushCommand(place, repository) },
    {
      what: `run it, or press the button: https://github.com/${repository}/actions/workflows/cd-cd.yml`,
      command: `gh workflow run cd-cd.yml --repo ${repository}`,
    },
  ];
}

/** The one that makes the roles, with Aura itself before it where the folder has none. */
export function rolesCommand({ environment, own, engine }: Omit<Place, "paths" | "git">): Remaining {
  const folder = `${rootFolder(environment)}/github`;
  const account = environment.github?.providerArn.split(":")[4] ?? "";
  const bucket = environment.aws.bucket ?? `aura-${account}-${environment.region}`;
  const install = own.state === "lacking" ? [own.install] : [];
  const makes = [
    "npx aura init --github-role --bucket",
    `${engine} -chdir=${folder} init -backend-config=state.s3.tfbackend -backend-config=bucket=${bucket}`,
    `${engine} -chdir=${folder} apply`,
  ];
  return {
    what: `${install.length > 0 ? "install Aura here, and " : ""}make the roles, once, as somebody who may make roles in ${account}`,
    command: [...install, ...makes].join(" &&\n"),
  };
}

function pushCommand({ paths, own, git }: Place, repository: string): string {
  const lacking = own.state === "lacking";
  const npm = [
    ...(own.state !== "own" && (lacking || own.hasPackageJson) ? ["package.json"] : []),
    ...(own.state !== "own" && (lacking || own.hasLock) ? ["package-lock.json"] : []),
    ...(lacking ? [vendorFolder] : own.archive === undefined ? [] : [own.archive]),
  ];
  const folders = [...new Set(paths.map(topOf)), ...npm].toSorted();
  const { isRepository, hasOrigin } = git;
  return [
    ...(isRepository ? [] : ["git init -b main"]),
    `git add ${folders.join(" ")}`,
    'git commit -m "Have Aura deploy by a workflow"',
    ...(hasOrigin ? [] : [`git remote add origin https://github.com/${repository}.git`]),
    "git push -u origin HEAD",
  ].join(" &&\n");
}

/** What is named to git: a folder that is Aura's alone, or the file. */
function topOf(path: string): string {
  return path.startsWith(".github/") ? path : (path.split("/")[0] ?? path);
}

export async function engineHere({ commands, process: { env } }: Context, { aws }: Environment): Promise<string> {
  if (aws.engine !== undefined) return aws.engine;
  const hasTofu = (await commands.find("tofu", env)) !== undefined;
  return !hasTofu && (await commands.find("terraform", env)) !== undefined ? "terraform" : "tofu";
}
