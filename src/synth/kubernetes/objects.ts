import type { Environment } from "../../spec/environment.ts";
import type { EC2NodeClass, NodePool } from "./karpenter.ts";
import { type DeployFacts, nodeClasses } from "./node-classes.ts";
import { nodePools } from "./node-pools.ts";

/**
 * Everything that an environment's cluster needs before jobs can run, in the order to apply it. With the facts of a
 * deploy, what Karpenter makes on AWS is tagged with them: a sweep tells by them whose it is and whether it may go.
 */
export function synthesizeObjects(environment: Environment, facts?: DeployFacts): (EC2NodeClass | NodePool)[] {
  return [...nodeClasses(environment, facts), ...nodePools(environment)];
}
