import { join } from "node:path";

import { environmentPaths } from "../../../lifecycle/paths.ts";
import type { Environment } from "../../../spec/environment.ts";

/** Where an environment on AWS keeps what it needs between commands, on this machine. */
export interface AwsPlace {
  readonly folder: string;
  readonly kubeconfig: string;
  /** The account that it was deployed in. */
  readonly account: string;
  /** Helm's own files: the user's are left alone. */
  readonly helm: string;
  /** Of every environment beside the same aura.yaml. */
  readonly prices: string;
}

export function awsPlace({ directory, name }: Environment): AwsPlace {
  const { root, target } = environmentPaths(directory, name);
  return {
    folder: target,
    kubeconfig: join(target, "kubeconfig"),
    account: join(target, "account"),
    helm: join(target, "helm"),
    prices: join(root, "..", ".prices"),
  };
}
