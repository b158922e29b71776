import { loadEnvironment } from "../../../src/spec/load.ts";
import { terraformFiles } from "../../../src/synth/terraform/terraform-files.ts";
import { known } from "../../spec/known.ts";

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON is looked into at any depth
export type Json = any;

/** What `nat: none` asks for at least. */
export const endpointsWithoutNat = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];

/** A workflow that may deploy. */
export const github = {
  repository: "acme/models",
  ownerId: 12,
  repositoryId: 345,
  providerArn: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
};

export function environmentOf(file: object) {
  return loadEnvironment({
    path: "/x/aura.yaml",
    text: JSON.stringify({ name: "dev", ...file }),
    variables: {},
    known,
  });
}

/** The files of an environment, and its documents by the last folder of their path. */
export function terraformOf(file: object = {}) {
  const files = terraformFiles(environmentOf(file));
  const document = (path: string): Json => JSON.parse(files.get(path) ?? "null");
  const module = (name: string) => document(`terraform/modules/${name}/main.tf.json`);
  const root = "terraform/environments/dev";
  return { files, module, root: document(`${root}/main.tf.json`), values: document(`${root}/terraform.tfvars.json`) };
}

export const moduleNames = ["VPC", "IAM_EKS", "EKS", "OIDC", "IAM", "IAM/github"];

/** Every resource of a document as its address and its block. */
export function resourcesOf(document: Json): [address: string, block: Json][] {
  return Object.entries<Json>(document.resource ?? {}).flatMap(([type, named]) =>
    Object.entries<Json>(named).map(([name, block]): [string, Json] => [`${type}.${name}`, block]),
  );
}

/** Every statement of a document's policies, with the policy it is in. */
export function statementsOf(document: Json): { policy: string; statement: Json }[] {
  return Object.entries<Json>(document.data?.aws_iam_policy_document ?? {}).flatMap(([policy, { statement }]) =>
    statement.map((one: Json) => ({ policy, statement: one })),
  );
}
