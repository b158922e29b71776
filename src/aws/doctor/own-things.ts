import type { Tag } from "@aws-sdk/client-ec2";

import { clusterName } from "../../synth/kubernetes/labels.ts";

/** Whether a thing of EC2 is the environment's: by its own tag, or by that which EKS and Karpenter give to nodes. */
export function isOwnThing(
  { Tags = [] }: { readonly Tags?: readonly Tag[] | undefined },
  environment: { readonly name: string },
): boolean {
  const own = `kubernetes.io/cluster/${clusterName(environment)}`;
  return Tags.some(({ Key, Value }) => Key === own || (Key === "aura:environment" && Value === environment.name));
}
