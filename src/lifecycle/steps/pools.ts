import { isApiError, type ObjectApi, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject, NodeClaim } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { waitUntil } from "../../kernel/wait.ts";
import { kinds } from "../kinds.ts";
import type { Step } from "../step.ts";

export interface ClusterAccess {
  /** Undefined while there is no cluster: then nothing in it exists either. */
  api(): Promise<ObjectApi | undefined>;
  time(): Promise<number>;
  readonly clock: Clock;
}

const fieldManager = "aura";
/** Long enough for a drain and a slow termination: the pools' terminationGracePeriod is 5 minutes. */
const drainTimeoutMs = 15 * 60_000;

/**
 * Karpenter's NodePools and EC2NodeClasses; those of an earlier version of the environment are removed. Undone, their
 * nodes are gone too.
 */
export function poolsStep(access: ClusterAccess, objects: readonly KubeObject[]): Step {
  return {
    name: "pools",
    phase: "deploy",
    title: `node pools ${names(objects, "NodePool")}`,
    async observe() {
      const api = await access.api();
      if (api === undefined) return "absent";
      const found = await managed(api);
      if (found.length === 0) return "absent";
      const isCurrent = (wanted: KubeObject) => contains(found.find(isSameAs(wanted)), wanted);
      return objects.every(isCurrent) && found.length === objects.length ? "present" : "partial";
    },
    async ensure(signal) {
      const api = await connected(access);
      for (const object of objects) await api.apply(object, { fieldManager, force: true });
      const dropped = (await managed(api)).filter((object) => !objects.some(isSameAs(object)));
      await remove(access, api, dropped, signal);
    },
    async undo(signal) {
      const api = await access.api();
      if (api !== undefined) await remove(access, api, await managed(api), signal);
    },
  };
}

/** The pools and node classes in the cluster that are Aura's. */
async function managed(api: ObjectApi): Promise<KubeObject[]> {
  const labelSelector = "app.kubernetes.io/managed-by=aura";
  const lists = await Promise.all(
    [kinds.nodePool, kinds.nodeClass].map((kind) => api.list({ ...kind, labelSelector })),
  );
  return lists.flatMap(({ items }) => items);
}

function isSameAs({ kind, metadata }: KubeObject): (other: KubeObject) => boolean {
  return (other) => other.kind === kind && other.metadata.name === metadata.name;
}

/** Pools first; node classes when no node of the pools is left, for terminating a node needs its class. */
async function remove(
  access: ClusterAccess,
  api: ObjectApi,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  const pools = objects.filter(({ kind }) => kind === "NodePool");
  for (const pool of pools) await deleteIfPresent(api, refOf(pool));
  const names = pools.map(({ metadata }) => metadata.name ?? "");
  if (names.length > 0) await nodesGone(access, api, names, signal);
  for (const other of objects) if (other.kind !== "NodePool") await deleteIfPresent(api, refOf(other));
}

async function nodesGone(
  access: ClusterAccess,
  api: ObjectApi,
  pools: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const labelSelector = `karpenter.sh/nodepool in (${pools.join(",")})`;
  let left: string[] = [];
  await waitUntil(
    {
      what: "nodes to be terminated",
      timeoutMs: drainTimeoutMs,
      time: access.time,
      clock: access.clock,
      signal,
      explain: () => left.map((name) => `NodeClaim ${name} still exists`),
    },
    async () => {
      const claims = await api.list<NodeClaim>({ ...kinds.nodeClaim, labelSelector });
      left = claims.items.map(({ metadata }) => metadata.name ?? "");
      return left.length === 0 ? true : undefined;
    },
  );
}

export async function connected(access: ClusterAccess): Promise<ObjectApi> {
  const api = await access.api();
  if (api === undefined) throw new Error("a step that needs the cluster came before the step that makes it");
  return api;
}

export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

export async function readOrUndefined<T extends KubeObject>(api: ObjectApi, ref: ObjectRef): Promise<T | undefined> {
  try {
    return await api.read<T>(ref);
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Deletes an object and what it owns; that it is gone already is success. */
export async function deleteIfPresent(api: ObjectApi, ref: ObjectRef): Promise<void> {
  try {
    await api.delete(ref, { propagationPolicy: "Background" });
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
  }
}

/** Whether everything in `wanted` is in `found` with the same value; `found` may have more fields. */
export function contains(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((item, index) => contains(found[index], item))
    );
  }
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof found !== "object" || found === null) return false;
    return Object.entries(wanted).every(([key, value]) => contains((found as Record<string, unknown>)[key], value));
  }
  return found === wanted;
}

function names(objects: readonly KubeObject[], kind: string): string {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => metadata.name)
    .join(", ");
}
