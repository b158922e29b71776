import { dirname, join, relative, resolve } from "node:path";

import { readText } from "../../kernel/files.ts";
import type { Context } from "../context.ts";

/** How `npm ci` and `npx aura` fare in a folder, here and on GitHub's machines. */
export interface OwnPackage {
  /**
   * `own`: the folder is Aura's repository. `locked`: package-lock.json names Aura, from where a runner has it too.
   * `lacking`: neither, and the workflow would end at its first step.
   */
  readonly state: "own" | "locked" | "lacking";
  /** What calls Aura there. Not npx where it is lacking: that would fetch a package of somebody else's from npm. */
  readonly command: string;
  /** What has to be committed for it to be found: the archive that the lock names, where that is in the folder. */
  readonly archive: string | undefined;
  /** Installs Aura there as the workflow needs it: a copy of what runs now, in the repository. */
  readonly install: string;
  /** Whether the folder has the file now. */
  readonly hasPackageJson: boolean;
  readonly hasLock: boolean;
}

/** Where the copy goes. Not by name from npm: a package of somebody else's has that. */
export const vendorFolder = "vendor";

export async function ownPackage({ cwd, program, version }: Context): Promise<OwnPackage> {
  const manifest = await readText(join(cwd, "package.json"));
  const lock = await readText(join(cwd, "package-lock.json"));
  const { name, bin } = json(manifest) as { readonly name?: string; readonly bin?: { readonly aura?: string } };
  const isOwn = name === "aura" && bin?.aura !== undefined;
  const locked = lockedIn(json(lock), cwd);
  const state = isOwn ? "own" : locked === undefined ? "lacking" : "locked";
  return {
    state,
    command: state === "lacking" ? program.map(quoted).join(" ") : "npx aura",
    archive: isOwn ? undefined : locked?.archive,
    install: installCommand(dirname(dirname(program.at(-1) ?? "")), version),
    hasPackageJson: manifest !== undefined,
    hasLock: lock !== undefined,
  };
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

/** A link, or an archive outside of the repository, is nowhere on another machine. */
function lockedIn({ packages = {} }: Lock, cwd: string): { readonly archive?: string } | undefined {
  const found = packages["node_modules/aura"];
  if (found === undefined || found.link === true) return undefined;
  const [, path] = /^file:(.*)$/.exec(found.resolved ?? "") ?? [];
  if (path === undefined) return {};
  const archive = relative(cwd, resolve(cwd, path));
  return archive.startsWith("..") ? undefined : { archive };
}

function installCommand(from: string, version: string): string {
  return [
    `mkdir -p ${vendorFolder} &&`,
    `npm pack --ignore-scripts --silent --pack-destination ${vendorFolder} ${quoted(from)} &&`,
    `npm install --save-dev ./${vendorFolder}/aura-${version}.tgz`,
  ].join("\n");
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function json(text: string | undefined): object {
  try {
    return (JSON.parse(text ?? "{}") as object | null) ?? {};
  } catch {
    return {};
  }
}
