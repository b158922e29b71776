import { catalogNames } from "../../../src/cli/catalog-names.ts";
import type { Environment } from "../../../src/spec/environment.ts";
import { loadEnvironment } from "../../../src/spec/load.ts";

/** An environment named e1, as a file with these fields describes it. */
export function environmentOf(file: object = {}): Environment {
  const text = JSON.stringify({ name: "e1", ...file });
  return loadEnvironment({ path: "/x/aura.yaml", text, variables: {}, known: catalogNames() });
}

const endpoints = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sqs", "ssm", "sts"];

export const isolated = { nat: "none", endpoints };
