import { clusterName } from "../kubernetes/labels.ts";

/** The key of an environment's Terraform state in its bucket. Its lock is a file beside it, `<key>.tflock`. */
export function stateKey(environment: { readonly name: string }): string {
  return `aura/${environment.name}/${clusterName(environment)}.tfstate`;
}
