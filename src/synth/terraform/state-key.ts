import { clusterName } from "../kubernetes/labels.ts";

/** The bucket of an account's states and outputs in a region, where `aws.bucket` names no other. */
export function stateBucketName(place: {
  readonly bucket?: string | undefined;
  readonly account: string;
  readonly region: string;
}): string {
  return place.bucket ?? `aura-${place.account}-${place.region}`;
}

/** The key of an environment's Terraform state in its bucket. Its lock is a file beside it, `<key>.tflock`. */
export function stateKey(environment: { readonly name: string }): string {
  return `aura/${environment.name}/${clusterName(environment)}.tfstate`;
}
