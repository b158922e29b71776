import type { Context } from "../context.ts";

/** What stays when a repository or its owner is renamed. */
export interface Ids {
  readonly ownerId: number;
  readonly repositoryId: number;
}

/** As GitHub's command line knows them, or for a public repository anybody; undefined where neither answers. */
export async function githubIds(context: Context, repository: string): Promise<Ids | undefined> {
  return (await byCommand(context, repository)) ?? (await byApi(context, repository));
}

async function byCommand({ commands, cwd, process: { env } }: Context, repository: string): Promise<Ids | undefined> {
  if ((await commands.find("gh", env)) === undefined) return undefined;
  const args = ["api", `repos/${repository}`];
  const { code, stdout } = await commands.run({ command: "gh", args, cwd, env, timeoutMs: 10_000 });
  return code === 0 ? idsIn(stdout) : undefined;
}

async function byApi({ process: { env } }: Context, repository: string): Promise<Ids | undefined> {
  const api = env["GITHUB_API_URL"] || "https://api.github.com";
  const answer = fetch(`${api}/repos/${repository}`, { signal: AbortSignal.timeout(5_000) });
  return answer
    .then(async (response) => (response.ok ? idsIn(await response.text()) : undefined))
    .catch(() => undefined);
}

function idsIn(json: string): Ids | undefined {
  const { id, owner } = JSON.parse(json) as { readonly id?: unknown; readonly owner?: { readonly id?: unknown } };
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(owner?.id)) return undefined;
  return { ownerId: owner?.id as number, repositoryId: id as number };
}
