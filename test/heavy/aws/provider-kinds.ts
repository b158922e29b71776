import type { AwsClients } from "../../../src/aws/clients.ts";
import type { Json } from "../../synth/terraform/documents.ts";
import { clusterKinds } from "./provider-cluster.ts";
import { namedKinds } from "./provider-named.ts";
import { networkKinds } from "./provider-network.ts";

export type Tags = Readonly<Record<string, string>>;

/** A resource as its configuration describes it, references replaced by what the account calls them. */
export interface Wanted {
  readonly input: Json;
  /** Its own and the provider's. */
  readonly tags: Tags;
}

/** How resources of one type are made and removed in the account, as the AWS provider does it. */
export interface ResourceKind {
  /** Returns what the account calls it. */
  create(wanted: Wanted, aws: AwsClients): Promise<string>;
  remove(id: string, wanted: Wanted, aws: AwsClients): Promise<unknown>;
}

/** By Terraform's types; what is missing (rules, routes, attachments) is in the state alone. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  ...networkKinds,
  ...clusterKinds,
  ...namedKinds,
};

/** `[{ Key, Value }]`. */
export const pairs = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value: `${Value}` }));
