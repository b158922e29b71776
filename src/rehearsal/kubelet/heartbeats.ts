import type { Node } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import type { Core } from "../core/core.ts";
import type { Faults } from "../faults/faults.ts";

/** What can go wrong with a node's kubelet: it does not reach the API server, its disk is full, its pulls are slow. */
export type KubeletFaults = Pick<Faults, "is" | "pullMs">;

export type Heartbeats = ReturnType<typeof startHeartbeats>;

/** kubelet's defaults: a Lease of 40 s renewed at a quarter of it, and a status at least every five minutes. */
const renewMs = 10_000;
const leaseDurationSeconds = 40;
const statusBeats = 300_000 / renewMs;
/** In fast time a Lease is renewed every so many beats: still sooner than the 50 s after which it is missed. */
const renewInFastTime = 4;

const nodeKind = { apiVersion: "v1", kind: "Node" };

/**
 * Renews every node's Lease in kube-node-lease and the heartbeat of its conditions. Nobody waits for either.
 * @param on.heard a node's kubelet reports again. `diskFull`: its disk is full, told every ten seconds.
 */
export function startHeartbeats(
  deps: {
    readonly core: Core;
    readonly clock: Clock & { pace?(): number };
    readonly faults?: KubeletFaults | undefined;
  },
  on: { readonly heard: (node: string) => void; readonly diskFull: (node: string) => void },
) {
  const { core, clock, faults } = deps;
  const silent = new Map<string, (() => void)[]>();
  const isFast = () => (clock.pace?.() ?? 1) > 1;
  let beats = 0;
  let cancel = () => {};

  const nodeNamed = (name: string) => core.find<Node>({ ...nodeKind, metadata: { name } });
  const hear = (name: string) => {
    const waiting = silent.get(name);
    silent.delete(name);
    for (const resolve of waiting ?? []) resolve();
    return waiting !== undefined;
  };
  const isSilent = (name: string) => {
    const node = faults && nodeNamed(name);
    const isNow = node !== undefined && faults?.is("kubelet-silent", node) === true;
    if (isNow && !silent.has(name)) silent.set(name, []);
    return isNow;
  };
  const beat = (node: Node, isDue: { readonly lease: boolean; readonly status: boolean }) => {
    const { name = "" } = node.metadata;
    if (isSilent(name)) return;
    const isBack = hear(name);
    if (isBack || isDue.lease) renewLease(core, node, clock.now());
    const isFull = faults?.is("disk-full", node) === true;
    postConditions(core, node, { isFull, isDue: isDue.status, nowMs: clock.now() });
    if (isBack) on.heard(name);
    if (isFull) on.diskFull(name);
  };
  const tick = () => {
    cancel = clock.schedule(renewMs, tick, { background: true });
    const isDue = { lease: beats % (isFast() ? renewInFastTime : 1) === 0, status: beats % statusBeats === 0 };
    beats += 1;
    for (const node of core.list<Node>(nodeKind).items) beat(node, isDue);
    for (const name of [...silent.keys()]) if (nodeNamed(name) === undefined) hear(name);
  };
  tick();

  return {
    isSilent,
    /** Resolves when the node's kubelet is heard, at once when it is; and when the kubelet stops. */
    whenHeard: async (name: string) => {
      if (isSilent(name)) await new Promise<void>((resolve) => silent.get(name)?.push(resolve));
    },
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
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata };
  const renewed = { renewTime: new Date(nowMs).toISOString().replace("Z", "000Z") };
  const options = { fieldManager: "kubelet" };
  if (core.find(lease) !== undefined) return void core.patch(lease, { spec: renewed }, { ...options, type: "merge" });
  const owned = { ...metadata, ownerReferences: [{ ...nodeKind, name, uid }] };
  const spec = { holderIdentity: name, leaseDurationSeconds, ...renewed };
  core.create({ ...lease, metadata: owned, spec } as typeof lease, options);
}

/** Writes the node's conditions when its disk has filled or emptied, or when they are due. */
function postConditions(
  core: Core,
  { metadata: { name = "" }, status }: Node,
  { isFull, isDue, nowMs }: { readonly isFull: boolean; readonly isDue: boolean; readonly nowMs: number },
): void {
  const now = timestamp(nowMs);
  const wanted = isFull
    ? { status: "True", reason: "KubeletHasDiskPressure", message: "kubelet has disk pressure" }
    : { status: "False", reason: "KubeletHasNoDiskPressure", message: "kubelet has no disk pressure" };
  const before = status?.conditions ?? [];
  const hasChanged = before.some((one) => one.type === "DiskPressure" && one.status !== wanted.status);
  if (before.length === 0 || !(hasChanged || isDue)) return;
  const conditions = before.map((one) => {
    const isChanged = one.type === "DiskPressure" && one.status !== wanted.status;
    return { ...one, lastHeartbeatTime: now, ...(isChanged && { ...wanted, lastTransitionTime: now }) };
  });
  patchNodeStatus(core, name, { conditions });
}
