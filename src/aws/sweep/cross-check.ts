import type { AwsClients } from "../clients.ts";
import { handsOf } from "./hands.ts";
import type { Inventory } from "./inventory.ts";
import { environmentKey, type SweepScope } from "./scope.ts";
import { taggedResources } from "./tag-index.ts";

/**
 * ARNs that the account's index of tags lists for the environment and that an inventory did not see: of a kind that
 * Aura does not know, or gone since an hour or more. A workflow's policies outlive the environment and are left out.
 * Undefined where the index may not be asked.
 */
export async function crossCheck(
  clients: AwsClients,
  scope: SweepScope,
  { found, unsure, ending }: Inventory,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly string[] | undefined> {
  const seen = [...found, ...unsure, ...ending].flatMap(({ id, name }) => [id, name]);
  try {
    const listed = await taggedResources(handsOf(clients, signal), {
      Key: environmentKey,
      Values: [scope.environment],
    });
    return listed
      .map(({ arn }) => arn)
      .filter((arn) => !arn.includes(`/AuraWorkflow-${scope.cluster}`))
      .filter((arn) => !seen.some((id) => arn === id || arn.endsWith(`/${id}`) || arn.endsWith(`:${id}`)));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
