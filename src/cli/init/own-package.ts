import { dirname, join, resolve } from "node:path";

import { readText } from "../../kernel/files.ts";
import type { Context } from "../context.ts";

/** How `npm ci` and `npx aura` fare in a folder, here and on GitHub's machines. */
export interface OwnPackage {
  /**
   * `own`: the folder is Aura's repository. `locked`: package-lock.json names Aura, from where a runner has it too.
   * `lacking`: neither, and the workflow would end at its first step.
   */
  readonly state: "own" | "locked" | "lacking";
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
  return {
    state: isOwn ? "own" : isLocked(json(lock), cwd) ? "locked" : "lacking",
    install: installCommand(dirname(dirname(program.at(-1) ?? "")), version),
    hasPackageJson: manifest !== undefined,
    hasLock: lock !== undefined,
  };
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

/** A link, or an archive outside of the repository, is nowhere on another machine. */
function isLocked({ packages = {} }: Lock, cwd: string): boolean {
  const found = packages["node_modules/aura"];
  if (found === undefined || found.link === true) return false;
  const [, path] = /^file:(.*)$/.exec(found.resolved ?? "") ?? [];
  return path === undefined || resolve(cwd, path).startsWith(`${cwd}/`);
}

function installCommand(from: string, version: string): string {
  const quoted = `'${from.replaceAll("'", `'\\''`)}'`;
  return [
    `mkdir -p ${vendorFolder} &&`,
    `npm pack --ignore-scripts --silent --pack-destination ${vendorFolder} ${quoted} &&`,
    `npm install --save-dev ./${vendorFolder}/aura-${version}.tgz`,
  ].join("\n");
}

function json(text: string | undefined): object {
  try {
    return (JSON.parse(text ?? "{}") as object | null) ?? {};
  } catch {
    return {};
  }
}
