import type { ListQuery, ObjectApi } from "../../cluster/api.ts";
import { type KubeObject, keyOf } from "../../cluster/objects.ts";
import { Failure, messageOf } from "../../kernel/failure.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";
import type { EventObserved } from "../../timeline/entries.ts";
import { kinds } from "../kinds.ts";
import { listServed } from "../served.ts";
import type { Step } from "../step.ts";
import { type ClusterAccess, connected, deleteIfPresent, refOf } from "./objects.ts";

export interface WorkloadsOptions {
  readonly access: ClusterAccess;
  /** Told of each object that is removed. */
  readonly observe: (event: EventObserved) => Promise<void>;
}

/** What goes together: removed at once, and awaited before the next. */
interface Group {
  readonly what: string;
  readonly timeoutMs: number;
  readonly queries: readonly ListQuery[];
  readonly isWanted: (object: KubeObject) => boolean;
}

const minute = 60_000;
/** Of the cluster itself: its controllers are needed to the end. */
const systemNamespaces = new Set(["kube-system", "kube-public", "kube-node-lease"]);
const isUsers = ({ metadata }: KubeObject) => !systemNamespaces.has(metadata.namespace ?? "");
const isOwned = ({ metadata }: KubeObject) => (metadata.ownerReferences ?? []).some(({ controller }) => controller);

// What makes pods goes first, then what costs on its own and outlives a cluster: load balancers and disks.
const groups: readonly Group[] = [
  {
    what: "workloads",
    timeoutMs: 5 * minute,
    queries: [
      { apiVersion: "batch/v1", kind: "CronJob" },
      kinds.job,
      { apiVersion: "apps/v1", kind: "Deployment" },
      { apiVersion: "apps/v1", kind: "StatefulSet" },
      kinds.pod,
    ],
    isWanted: (object) => isUsers(object) && !isOwned(object),
  },
  {
    what: "load balancers",
    timeoutMs: 10 * minute,
    queries: [
      { apiVersion: "v1", kind: "Service" },
      { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
    ],
    isWanted: (object) => object.kind === "Ingress" || specOf(object)["type"] === "LoadBalancer",
  },
  {
    what: "volume claims",
    timeoutMs: 5 * minute,
    queries: [{ apiVersion: "v1", kind: "PersistentVolumeClaim" }],
    isWanted: () => true,
  },
];

/** The disks of removed claims: their driver removes them, as long as it runs. */
const volumes: ListQuery = { apiVersion: "v1", kind: "PersistentVolume" };

/**
 * Ensures nothing. Undone, whatever users put into a cluster that is about to go is gone: pods let go of their nodes, and
 * load balancers and disks, which would outlive the cluster and cost on, are removed by the controllers that made them. A
 * group that cannot be removed in its time keeps none of the others; all that is left is told in the failure.
 */
export function workloadsStep({ access, observe }: WorkloadsOptions): Step {
  return {
    name: "workloads",
    phase: "deploy",
    title: "what else is put into the cluster",
    async observe() {
      const api = await access.api();
      if (api === undefined) return "absent";
      const left = await Promise.all([...groups.map((group) => members(api, group)), boundVolumes(api)]);
      return left.flat().length === 0 ? "absent" : "partial";
    },
    ensure: async () => {},
    async undo(signal) {
      const api = await connected(access);
      const problems: string[] = [];
      for (const group of groups) {
        for (const object of await members(api, group)) await removeTold(api, object, observe);
        problems.push(...(await gone(access, { ...group, left: () => members(api, group), signal })));
      }
      const disks = { what: "disks", timeoutMs: 5 * minute, left: () => boundVolumes(api), signal };
      problems.push(...(await gone(access, disks)));
      if (problems.length > 0) throw new Failure("TIMEOUT", "not all workloads could be removed", { problems });
    },
  };
}

async function members(api: ObjectApi, { queries, isWanted }: Group): Promise<KubeObject[]> {
  const lists = await Promise.all(queries.map((query) => listServed(api, query)));
  return lists.flat().filter(isWanted);
}

async function boundVolumes(api: ObjectApi): Promise<KubeObject[]> {
  return (await listServed(api, volumes)).filter((volume) => {
    const isDynamic = volume.metadata.annotations?.["pv.kubernetes.io/provisioned-by"] !== undefined;
    return isDynamic && specOf(volume)["persistentVolumeReclaimPolicy"] === "Delete";
  });
}

function specOf(object: KubeObject): Record<string, unknown> {
  return ((object as { spec?: unknown }).spec ?? {}) as Record<string, unknown>;
}

async function removeTold(api: ObjectApi, object: KubeObject, observe: WorkloadsOptions["observe"]): Promise<void> {
  if (object.metadata.deletionTimestamp !== undefined) return;
  const { kind, metadata } = object;
  const { name = "", namespace } = metadata;
  const about = { kind, name, ...(namespace !== undefined && { namespace }), source: "aura" };
  const event = { type: "event", ...about } as const;
  try {
    await deleteIfPresent(api, refOf(object));
    await observe({ ...event, level: "Normal", reason: "Removed", message: "removed before its cluster is" });
  } catch (error) {
    await observe({ ...event, level: "Warning", reason: "NotRemoved", message: messageOf(error) });
  }
}

interface Awaited {
  readonly what: string;
  readonly timeoutMs: number;
  readonly left: () => Promise<KubeObject[]>;
  readonly signal: AbortSignal;
}

/** What is left when its time is over, as sentences. */
async function gone({ time, clock }: ClusterAccess, { left, ...wait }: Awaited): Promise<string[]> {
  let names: string[] = [];
  try {
    await waitUntil({ ...wait, what: `${wait.what} to be removed`, time, clock }, async () => {
      names = (await left()).map((object) => `${object.kind} ${keyOf(object)}`);
      return names.length === 0 ? true : undefined;
    });
    return [];
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return names.map((name) => `${name} is still there after ${wait.timeoutMs / minute} minutes`);
  }
}
