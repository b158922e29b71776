import { isApiError, type ObjectApi } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { type Conditioned, isReady, readinessProblems } from "./pool-problems.ts";
import { awaitReady, type ClusterWait } from "./wait-options.ts";

/**
 * Waits until Karpenter can launch nodes for the NodePools among these objects, for which their EC2NodeClasses have to
 * be ready as well. Default 3 minutes: it tries a launch of each class dry. Fails with NOT_READY and the conditions of
 * both that are not met.
 */
export async function waitForPools(options: ClusterWait, objects: readonly KubeObject[]): Promise<void> {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const found = (wanted: readonly KubeObject[]) => Promise.all(wanted.map((object) => current(options.api, object)));
  const pools = ofKind("NodePool");
  const all = [...ofKind("EC2NodeClass"), ...pools];
  await awaitReady(options, {
    what: "the node pools to be ready",
    defaultMs: 180_000,
    fix: "mend what is named, then run this again. kubectl describe ec2nodeclass,nodepool says more",
    problems: async () =>
      (await found(all)).flatMap((object, index) =>
        object === undefined
          ? [`${all[index]?.kind} ${all[index]?.metadata.name} is not there`]
          : readinessProblems(object),
      ),
    isThere: async () => (await found(pools)).every((object) => object !== undefined && isReady(object)),
  });
}

async function current(api: ObjectApi, { apiVersion, kind, metadata }: KubeObject): Promise<Conditioned | undefined> {
  try {
    return await api.read({ apiVersion, kind, metadata: { name: metadata.name ?? "" } });
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
