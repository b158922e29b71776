import type { Context } from "../context.ts";

/** What stays when a repository or its owner is renamed. */
export interface Ids {
  readonly ownerId: number;
  readonly repositoryId: number;
}

/**
 * As GitHub's command line knows them, or whoever has a token, or for a public repository anybody; the owner's alone of a
 * private one, which is open. Empty where nobody answers.
 */
export async function githubIds(context: Context, repository: string): Promise<Partial<Ids>> {
  const [owner = ""] = repository.split("/");
  const ids = (await byCommand(context, repository)) ?? (await byApi(context, `repos/${repository}`).then(idsIn));
  if (ids !== undefined) return ids;
  const user = await byApi(context, `users/${owner}`);
  return isId(user?.id) ? { ownerId: user.id } : {};
}

async function byCommand({ commands, cwd, process: { env } }: Context, repository: string): Promise<Ids | undefined> {
  if ((await commands.find("gh", env)) === undefined) return undefined;
  const args = ["api", `repos/${repository}`];
  const { code, stdout } = await commands.run({ command: "gh", args, cwd, env, timeoutMs: 10_000 });
  return code === 0 ? idsIn(JSON.parse(stdout) as Entity) : undefined;
}

/** A repository, or a user. */
interface Entity {
  readonly id?: unknown;
  readonly owner?: { readonly id?: unknown };
}

async function byApi({ process: { env } }: Context, path: string): Promise<Entity | undefined> {
  const api = env["GITHUB_API_URL"] || "https://api.github.com";
  const token = env["GH_TOKEN"] || env["GITHUB_TOKEN"];
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return fetch(`${api}/${path}`, { headers, signal: AbortSignal.timeout(5_000) })
    .then(async (response) => (response.ok ? ((await response.json()) as Entity) : undefined))
    .catch(() => undefined);
}

function idsIn(repository: Entity | undefined): Ids | undefined {
  const { id, owner } = repository ?? {};
  return isId(id) && isId(owner?.id) ? { ownerId: owner.id, repositoryId: id } : undefined;
}

function isId(id: unknown): id is number {
  return Number.isSafeInteger(id);
}
