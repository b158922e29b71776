import type { ListQuery, ObjectApi } from "../../cluster/api.ts";
import type { KubeObject, NodeClaim } from "../../cluster/objects.ts";
import { Failure } from "../../kernel/failure.ts";
import { waitUntil } from "../../kernel/wait.ts";
import { environmentLabel } from "../../synth/kubernetes/labels.ts";
import { kinds } from "../kinds.ts";
import { runLabel } from "../labels.ts";
import { type Owner, ownNodes } from "../scope.ts";
import { listServed } from "../served.ts";
import type { Step } from "../step.ts";
import { type ClusterAccess, connected, deleteIfPresent, readOrUndefined, refOf } from "./objects.ts";

const fieldManager = "aura";
/** Long enough for a drain and a slow termination: the pools' terminationGracePeriod is 5 minutes. */
const drainTimeoutMs = 15 * 60_000;

/**
 * The NodePools and EC2NodeClasses of an environment; those of an earlier version of it are removed. Undone, their nodes
 * are gone too. Two environments may share a cluster: what is labelled as another's, or as nobody's, is left alone.
 */
export function poolsStep(access: ClusterAccess, objects: readonly KubeObject[], owner: Owner): Step {
  const pools = namesOf(objects, "NodePool").join(", ");
  return {
    name: "pools",
    phase: "deploy",
    title: pools === "" ? "no node pools of its own" : `node pools ${pools}`,
    async observe() {
      const api = await access.api();
      if (api === undefined) return "absent";
      const found = await managed(api, owner);
      if (found.length === 0) return (await claimsOf(api, owner)).length === 0 ? "absent" : "partial";
      const isCurrent = (wanted: KubeObject) => contains(found.find(isSameAs(wanted)), wanted);
      return objects.every(isCurrent) && found.length === objects.length ? "present" : "partial";
    },
    async ensure(signal) {
      const api = await connected(access);
      for (const object of objects) await refuseForeign(api, object, owner);
      for (const object of objects) await api.apply(object, { fieldManager, force: true });
      const dropped = (await managed(api, owner)).filter((object) => !objects.some(isSameAs(object)));
      const pools = namesOf(dropped, "NodePool");
      const ofPools = pools.length === 0 ? undefined : `karpenter.sh/nodepool in (${pools.join(",")})`;
      await remove(access, dropped, { labelSelector: ofPools, signal });
    },
    async undo(signal) {
      const api = await access.api();
      if (api === undefined) return;
      const orphans = (await claimsOf(api, owner)).filter(({ metadata }) => !metadata.ownerReferences?.length);
      // whose pool was removed without them would stay for ever
      for (const orphan of orphans) await deleteIfPresent(api, refOf(orphan));
      await remove(access, await managed(api, owner), { ...ownNodes(owner).nodeClaims, signal });
    },
  };
}

function claimsOf(api: ObjectApi, owner: Owner): Promise<NodeClaim[]> {
  return listServed<NodeClaim>(api, { ...kinds.nodeClaim, ...ownNodes(owner).nodeClaims });
}

/** The pools and node classes in the cluster that are the owner's. */
async function managed(api: ObjectApi, owner: Owner): Promise<KubeObject[]> {
  const lists = [kinds.nodePool, kinds.nodeClass].map((kind) => listServed(api, { ...kind, ...ownNodes(owner).pools }));
  return (await Promise.all(lists)).flat();
}

/** Applying takes over whatever has the name. */
async function refuseForeign(api: ObjectApi, wanted: KubeObject, { environment, run }: Owner): Promise<void> {
  const found = await readOrUndefined(api, refOf(wanted));
  const labels = found?.metadata.labels ?? {};
  const isOwn = labels["app.kubernetes.io/managed-by"] === "aura" && labels[environmentLabel] === environment;
  const isSameRun = run === undefined || labels[runLabel] === run;
  if (found === undefined || (isOwn && isSameRun)) return;
  const { kind, metadata } = wanted;
  const other = labels[runLabel];
  const makeWay = `kubectl delete ${kind.toLowerCase()} -l ${runLabel}=${other}`;
  throw new Failure("USAGE", `a ${kind} named ${metadata.name} is there already, and is not ${environment}'s`, {
    where: `${kind} ${metadata.name}`,
    why: isOwn
      ? `it is of run ${other}: somebody else's environment of that name, or one whose record is lost`
      : ownerText(labels),
    fix: isOwn
      ? `give the environment another name in aura.yaml; or, if nobody works with that run any more: ${makeWay}`
      : `give the pool, or the environment, another name in aura.yaml; to see whose it is: kubectl get ${kind.toLowerCase()} ${metadata.name} -o yaml`,
  });
}

function ownerText(labels: Readonly<Record<string, string>>): string {
  const owner = labels[environmentLabel];
  return owner === undefined ? "Aura did not make it, and takes nothing over" : `it is the environment ${owner}'s`;
}

function isSameAs({ kind, metadata }: KubeObject): (other: KubeObject) => boolean {
  return (other) => other.kind === kind && other.metadata.name === metadata.name;
}

/** Pools first; node classes when no node of the pools is left, for terminating a node needs its class. */
async function remove(
  access: ClusterAccess,
  objects: readonly KubeObject[],
  claims: { readonly labelSelector?: string | undefined; readonly signal: AbortSignal },
): Promise<void> {
  const { labelSelector, signal } = claims;
  const api = await connected(access);
  const isPool = ({ kind }: KubeObject) => kind === "NodePool";
  for (const pool of objects.filter(isPool)) await deleteIfPresent(api, refOf(pool));
  if (labelSelector !== undefined) await nodesGone(access, { ...kinds.nodeClaim, labelSelector }, signal);
  for (const other of objects) if (!isPool(other)) await deleteIfPresent(api, refOf(other));
}

async function nodesGone(access: ClusterAccess, query: ListQuery, signal: AbortSignal): Promise<void> {
  const api = await connected(access);
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
      left = (await listServed<NodeClaim>(api, query)).map(({ metadata }) => metadata.name ?? "");
      return left.length === 0 ? true : undefined;
    },
  );
}

/** Whether everything in `wanted` is in `found` with the same value; `found` may have more fields. */
function contains(found: unknown, wanted: unknown): boolean {
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

function namesOf(objects: readonly KubeObject[], kind: string): string[] {
  return objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name ?? "");
}
