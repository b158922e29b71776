import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";

import { ownNames } from "../../synth/terraform/own-names.ts";
import type { AwsClients } from "../clients.ts";
import { handsOf } from "./hands.ts";
import { unlessMissing } from "./kinds/cluster-parts.ts";

/**
 * Deletes the log group of a cluster that was just destroyed: EKS may have made it once more, without any tag. Only for
 * who knows that the cluster was the environment's. Returns whether there was one.
 */
export async function deleteLogGroup(
  clients: AwsClients,
  cluster: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<boolean> {
  const [logGroupName] = ownNames(cluster).logGroups;
  const { call } = handsOf(clients, signal);
  return (
    (await unlessMissing(() => clients.logs.send(new DeleteLogGroupCommand({ logGroupName }), call))) !== undefined
  );
}
