import { isApiError, type KindRef, type ObjectApi, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";
import type { ClusterWait } from "./wait-options.ts";

interface CapacityBuffer extends KubeObject {
  readonly status?: { readonly replicas?: number };
}

const kind = { apiVersion: "autoscaling.x-k8s.io/v1beta1", kind: "CapacityBuffer" } as const satisfies KindRef;
/** Karpenter looks at a buffer when it changes, and every 30 s. */
const defaultMs = 45_000;

/**
 * Takes warm capacity away: buffers are set to nothing, waited for, and only then deleted, because Karpenter 1.14 goes on
 * counting for what a deleted one asked last, and keeps the nodes (kubernetes-sigs/karpenter#3258). To be done before
 * NodePools go. That there are none, or no such kind, is success.
 */
export async function releaseBuffers(options: ClusterWait, labelSelector?: string): Promise<void> {
  const { api, clock, signal, timeoutMs = defaultMs } = options;
  const list = () => listBuffers(api, labelSelector);
  const buffers = await list();
  for (const buffer of buffers) await emptied(api, refOf(buffer));
  const isEmpty = async () => ((await list()).every(({ status }) => (status?.replicas ?? 0) === 0) ? true : undefined);
  const time = async () => clock.now();
  // one that is not let go in time is deleted all the same: its nodes are looked for later
  await waitUntil(
    { what: "capacity buffers to be let go", timeoutMs, time, clock, signal, pauseMs: 1000 },
    isEmpty,
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  for (const buffer of buffers) await orMissing(api.delete(refOf(buffer)));
}

async function listBuffers(api: ObjectApi, labelSelector: string | undefined): Promise<readonly CapacityBuffer[]> {
  const list = api.list<CapacityBuffer>({ ...kind, ...(labelSelector !== undefined && { labelSelector }) });
  return (await orMissing(list))?.items ?? [];
}

async function emptied(api: ObjectApi, ref: ObjectRef): Promise<void> {
  // the greater of both counts
  await orMissing(api.patch(ref, { spec: { replicas: 0, percentage: null } }));
}

function refOf({ metadata: { name = "", namespace = "default" } }: KubeObject): ObjectRef {
  return { ...kind, metadata: { name, namespace } };
}

/** Undefined where the object, or its kind, is not there. */
async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
