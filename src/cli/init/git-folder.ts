import { Failure } from "../../kernel/failure.ts";
import type { Context } from "../context.ts";

/** What git says of a folder. */
export interface GitFolder {
  readonly isRepository: boolean;
  readonly hasOrigin: boolean;
}

/** Fails with USAGE in a folder below a repository's own: GitHub looks for workflows there, and they run there. */
export async function gitFolder({ commands, cwd, process: { env } }: Context): Promise<GitFolder> {
  if ((await commands.find("git", env)) === undefined) return { isRepository: false, hasOrigin: false };
  const git = (...args: string[]) => commands.run({ command: "git", args, cwd, env, timeoutMs: 5_000 });
  const { code, stdout: up } = await git("rev-parse", "--show-cdup");
  if (code === 0 && up.trim() !== "") {
    throw new Failure("USAGE", "this folder is not the repository's own", {
      where: cwd,
      why: "GitHub takes workflows from the repository's top folder, and runs them there; nothing was written",
      fix: `cd ${up.trim()}`,
    });
  }
  const origin = code === 0 && (await git("config", "--get", "remote.origin.url")).code === 0;
  return { isRepository: code === 0, hasOrigin: origin };
}
