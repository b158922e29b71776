import type { KubeObject, Node } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import { nodeConditions } from "../controllers/node-object.ts";
import type { Core } from "../core/core.ts";

/** What can go wrong with a node's kubelet. */
export interface KubeletFaults {
  /** It does not reach the API server: it reports nothing and hears of nothing; what runs there runs on. */
  isSilent(node: Node): boolean;
  isDiskFull(node: Node): boolean;
}

export interface Heartbeats {
  isSilent(node: string): boolean;
  /** Resolves when the node's kubelet is heard, at once when it is; and when the kubelet stops. */
  whenHeard(node: string): Promise<void>;
  stop(): void;
}

interface Listener {
  /** A node's kubelet reports again. */
  readonly onHeard: (node: string) => void;
  /** A node's disk is full, told every ten seconds. */
  readonly onDiskFull: (node: string) => void;
}

/** kubelet's defaults: a Lease of 40 s renewed at a quarter of it, and a status at least every five minutes. */
const renewMs = 10_000;
const leaseDurationSeconds = 40;
const statusEveryMs = 300_000;

const nodeKind = { apiVersion: "v1", kind: "Node" };

/** Renews every node's Lease in kube-node-lease and the heartbeat of its conditions: nobody waits for either. */
export function startHeartbeats(
  deps: { readonly core: Core; readonly clock: Clock; readonly faults?: KubeletFaults | undefined },
  { onHeard, onDiskFull }: Listener,
): Heartbeats {
  const { core, clock, faults } = deps;
  const statusAt = new Map<string, number>();
  const silent = new Map<string, (() => void)[]>();
  let cancel = () => {};

  const nodeNamed = (name: string) => core.find<Node>({ ...nodeKind, metadata: { name } });
  const hear = (name: string) => {
    const waiting = silent.get(name);
    silent.delete(name);
    for (const resolve of waiting ?? []) resolve();
    return waiting !== undefined;
  };
  const isSilent = (name: string) => {
    if (faults === undefined) return false;
    const node = nodeNamed(name);
    const isNow = node !== undefined && faults.isSilent(node);
    if (isNow && !silent.has(name)) silent.set(name, []);
    return isNow;
  };
  const beat = (node: Node) => {
    const { name = "" } = node.metadata;
    if (isSilent(name)) return;
    const wasSilent = hear(name);
    renewLease(core, node, clock.now());
    const full = faults?.isDiskFull(node) === true;
    const conditions = currentConditions(node, full, clock.now());
    const differs = conditions.some(({ status }, at) => status !== node.status?.conditions?.[at]?.status);
    if (differs || clock.now() - (statusAt.get(name) ?? 0) >= statusEveryMs) {
      if (conditions.length > 0) patchNodeStatus(core, name, { conditions });
      statusAt.set(name, clock.now());
    }
    if (wasSilent) onHeard(name);
    if (full) onDiskFull(name);
  };
  const tick = () => {
    cancel = clock.schedule(renewMs, tick, { background: true });
    const { items } = core.list<Node>(nodeKind);
    items.forEach(beat);
    const gone = [...silent.keys()].filter((name) => nodeNamed(name) === undefined);
    gone.forEach(hear);
    if (statusAt.size > items.length) for (const name of statusAt.keys()) if (!nodeNamed(name)) statusAt.delete(name);
  };
  cancel = clock.schedule(renewMs, tick, { background: true });

  return {
    isSilent,
    whenHeard: (name) =>
      new Promise((resolve) => {
        if (isSilent(name)) silent.get(name)?.push(resolve);
        else resolve();
      }),
    stop() {
      cancel();
      [...silent.keys()].forEach(hear);
    },
  };
}

/** Writes part of a node's status, as its kubelet. */
export function patchNodeStatus(core: Core, name: string, status: object): void {
  const ref = { ...nodeKind, metadata: { name } };
  if (core.find(ref) === undefined) return;
  core.patch(ref, { status }, { type: "merge", subresource: "status", fieldManager: "kubelet" });
}

/** Also the first beat of a node that has just joined. */
export function renewLease(core: Core, node: Node, nowMs: number): void {
  const { name = "", uid = "" } = node.metadata;
  const metadata = { name, namespace: "kube-node-lease" };
  const ref = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata };
  const spec = { renewTime: new Date(nowMs).toISOString().replace("Z", "000Z") };
  const options = { fieldManager: "kubelet" };
  if (core.find(ref) !== undefined) return void core.patch(ref, { spec }, { ...options, type: "merge" });
  const ownerReferences = [{ ...nodeKind, name, uid }];
  const lease = {
    ...ref,
    metadata: { ...metadata, ownerReferences },
    spec: { holderIdentity: name, leaseDurationSeconds, ...spec },
  };
  core.create<KubeObject & { spec: object }>(lease, options);
}

/** The node's conditions as its kubelet sees them now; what the control plane set to Unknown is known again. */
function currentConditions(node: Node, diskFull: boolean, nowMs: number) {
  const pressure = {
    status: diskFull ? "True" : "False",
    reason: diskFull ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
    message: diskFull ? "kubelet has disk pressure" : "kubelet has no disk pressure",
  };
  const healthy = nodeConditions(true, nowMs);
  return (node.status?.conditions ?? []).map((before) => {
    const known = before.status === "Unknown" ? healthy.find(({ type }) => type === before.type) : undefined;
    const now = { ...before, ...known, ...(before.type === "DiskPressure" && pressure) };
    const since = now.status === before.status ? before.lastTransitionTime : timestamp(nowMs);
    return { ...now, lastHeartbeatTime: timestamp(nowMs), ...(since && { lastTransitionTime: since }) };
  });
}
