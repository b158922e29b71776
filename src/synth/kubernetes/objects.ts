import type { Environment } from "../../spec/environment.ts";
import type { EC2NodeClass, NodePool } from "./karpenter.ts";
import { nodeClasses } from "./node-classes.ts";
import { nodePools } from "./node-pools.ts";

/** Everything that an environment's cluster needs before jobs can run, in the order to apply it. */
export function synthesizeObjects(environment: Environment): (EC2NodeClass | NodePool)[] {
  return [...nodeClasses(environment), ...nodePools(environment)];
}
