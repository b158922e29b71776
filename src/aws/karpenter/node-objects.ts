import { isApiError, type KindRef, type ObjectApi, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";

/** The kinds whose objects Karpenter holds by a finalizer until what they stand for on AWS is gone. */
export const nodeKinds = {
  nodePool: { apiVersion: "karpenter.sh/v1", kind: "NodePool" },
  nodeClaim: { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" },
  nodeClass: { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" },
  node: { apiVersion: "v1", kind: "Node" },
} as const satisfies Record<string, KindRef>;

/** All objects of a kind; none where the cluster does not know the kind. */
export async function listAll(api: ObjectApi, kind: KindRef): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(kind)).items;
  } catch (error) {
    if (isApiError(error, 404)) return [];
    throw error;
  }
}

/** Asks all objects of a kind to go, those excepted that go already. */
export async function deleteAll(api: ObjectApi, kind: KindRef): Promise<void> {
  for (const object of await listAll(api, kind)) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    await ignoreMissing(api.delete(refOf(object)));
  }
}

const mostTries = 5;

/**
 * Takes Karpenter's finalizers off what is being deleted, so that it goes without Karpenter. Only for when nothing that
 * the objects stand for is left on AWS. Returns what was let go, as `KIND NAME`.
 */
export async function stripFinalizers(api: ObjectApi): Promise<string[]> {
  const freed: string[] = [];
  for (const kind of [nodeKinds.nodeClaim, nodeKinds.node, nodeKinds.nodePool, nodeKinds.nodeClass])
    for (const object of await listAll(api, kind)) if (await strip(api, object, 1)) freed.push(nameOf(object));
  return freed;
}

async function strip(api: ObjectApi, object: KubeObject, tried: number): Promise<boolean> {
  const { deletionTimestamp, finalizers = [], resourceVersion } = object.metadata;
  const others = finalizers.filter((name) => !isKarpenters(name));
  if (deletionTimestamp === undefined || others.length === finalizers.length) return false;
  try {
    // the version: a finalizer that somebody adds meanwhile is not to be lost
    await api.patch(refOf(object), { metadata: { finalizers: others, resourceVersion } });
    return true;
  } catch (error) {
    if (isApiError(error, 404)) return false;
    if (!isApiError(error, 409) || tried === mostTries) throw error;
    return strip(api, await api.read(refOf(object)), tried + 1);
  }
}

function isKarpenters(finalizer: string): boolean {
  return /^karpenter\.(sh|k8s\.aws)\//.test(finalizer);
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}

function refOf({ apiVersion, kind, metadata: { name = "" } }: KubeObject): ObjectRef {
  return { apiVersion, kind, metadata: { name } };
}

async function ignoreMissing(answer: Promise<void>): Promise<void> {
  await answer.catch((error: unknown) => {
    if (!isApiError(error, 404)) throw error;
  });
}
