import type { Target } from "../../lifecycle/target.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Context } from "../context.ts";

export function kubernetesTarget(_context: Context, environment: Environment): Target {
  throw new Error(`not yet: ${environment.name}`);
}
