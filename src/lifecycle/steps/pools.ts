import { isApiError, type ObjectApi, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject, NodeClaim } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { kinds } from "../recorder.ts";
import type { Step } from "../step.ts";
import { waitUntil } from "../wait.ts";

export interface ClusterAccess {
  /** Undefined while there is no cluster: then nothing in it exists either. */
  api(): Promise<ObjectApi | undefined>;
  time(): Promise<number>;
  readonly clock: Clock;
}

const fieldManager = "aura";
/** Long enough for a drain and a slow termination: the pools' terminationGracePeriod is 5 minutes. */
const drainTimeoutMs = 15 * 60_000;

/** Karpenter's NodePools and EC2NodeClass. Undone, their nodes are gone too. */
export function poolsStep(access: ClusterAccess, objects: readonly KubeObject[]): Step {
  return {
    name: "pools",
    phase: "deploy",
    title: `node pools ${names(objects, "NodePool")}`,
    async observe() {
      const api = await access.api();
      if (api === undefined) return "absent";
      const found = await Promise.all(objects.map((object) => readOrUndefined(api, refOf(object))));
      if (found.every((object) => object === undefined)) return "absent";
      return found.every((object, index) => contains(object, objects[index])) ? "present" : "partial";
    },
    async ensure() {
      const api = await connected(access);
      for (const object of objects) await api.apply(object, { fieldManager, force: true });
    },
    async undo(signal) {
      const api = await access.api();
      if (api === undefined) return;
      const isPool = (object: KubeObject) => object.kind === "NodePool";
      for (const pool of objects.filter(isPool)) await deleteIfPresent(api, refOf(pool));
      await nodesGone(access, api, signal);
      for (const other of objects.filter((object) => !isPool(object))) await deleteIfPresent(api, refOf(other));
    },
  };
}

async function nodesGone(access: ClusterAccess, api: ObjectApi, signal: AbortSignal): Promise<void> {
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
      const claims = await api.list<NodeClaim>(kinds.nodeClaim);
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
