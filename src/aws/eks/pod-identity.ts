import { CreatePodIdentityAssociationCommand } from "@aws-sdk/client-eks";

import type { AwsClients } from "../clients.ts";
import { isThere } from "../errors.ts";

export interface PodIdentity {
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
}

/** Lets pods of a service account take on a role, by EKS Pod Identity. It goes with the cluster. */
export async function ensurePodIdentity({ eks }: Pick<AwsClients, "eks">, association: PodIdentity): Promise<void> {
  try {
    await eks.send(new CreatePodIdentityAssociationCommand({ ...association }));
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}
