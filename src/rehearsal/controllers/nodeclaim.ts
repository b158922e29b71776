import type { EC2NodeClass, Node, NodeClaim } from "../../cluster/objects.ts";
import { allocatableOf, capacityOf, gpuResource } from "../../planner/resources.ts";
import type { Instance } from "../ec2/instance.ts";
import { providerIdOf } from "../ec2/instance.ts";
import { conditionIn, holds, writeConditions } from "./conditions.ts";
import { startController, watching } from "./controller.ts";
import { durationOrNever, rootVolumeBytes, toResourceList } from "./convert.ts";
import type { NodeDeps } from "./deps.ts";
import { offeringLabels, priceAnnotations } from "./node-labels.ts";
import { nodeConditions, nodeObject } from "./node-object.ts";
import { claimNameOf, claimsOf, initializedLabel, nodeOf } from "./node-state.ts";
import { type Requeue, sooner } from "./queue.ts";
import { isDeleting, nameOf, nodeClaimKind, nodeClassKind, nodeKind, refOf, refTo } from "./refs.ts";

const fieldManager = "karpenter";
/** Karpenter's launch and registration timeouts (hard-coded there). */
const registrationTimeoutMs = 900_000;
/**
 * When in its initialization a GPU node becomes Ready, before its driver and device plugin are up: 17 of 60 seconds, as
 * a general node takes 17 s from registered to Ready. An estimate, as those times are.
 */
const gpuReadyShare = 0.3;

/**
 * Takes each NodeClaim from Launched over Registered to Initialized, and ends it when it gets too old. All that it has
 * to know is in the claim and in EC2, so that a restarted server goes on where the other one was.
 */
export function startNodeClaims(deps: NodeDeps): () => void {
  return startController(deps, {
    name: "nodeclaim",
    reconcile: (name) => reconcile(deps, name),
    watches: [
      watching<NodeClaim>(nodeClaimKind, nameOf),
      // A startup taint that was removed may be what its claim waits for
      watching<Node>(nodeKind, claimNameOf),
    ],
    // A fault that ends lets a node register, or find its GPUs
    listen: (add) => deps.faults?.subscribe(() => claimsOf(deps.core).map(nameOf).forEach(add)) ?? (() => {}),
  });
}

function reconcile(deps: NodeDeps, name: string): Requeue | undefined {
  const claim = deps.core.find<NodeClaim>(refTo(nodeClaimKind, name));
  if (claim === undefined || isDeleting(claim)) return undefined;
  const instance = deps.fleet.ofClaim(name) ?? launch(deps, claim);
  if (instance === undefined) return undefined;
  return sooner(advance(deps, claim, instance), expiry(deps, claim));
}

/** Asks EC2 for an instance. Without capacity the claim is deleted: its pods are planned anew. */
function launch({ core, fleet, events }: NodeDeps, claim: NodeClaim): Instance | undefined {
  const answer =
    claim.status?.providerID === undefined ? fleet.launch(nameOf(claim), claim.spec.requirements) : undefined;
  if (answer !== undefined && "instance" in answer) return answer.instance;
  if (answer !== undefined) {
    const short = answer.shortOf.map(
      ({ instanceType, capacityType, zone }) => `${instanceType.name} ${capacityType} ${zone}`,
    );
    const message = `NodeClaim ${nameOf(claim)} event: insufficient capacity for ${[...new Set(short)].join(", ") || "all offerings"}`;
    events.karpenter.record(claim, "Warning", "InsufficientCapacityError", message);
  }
  // Also where the instance that it had is gone
  core.delete(refOf(claim));
  return undefined;
}

/** The next step that is due, or how long until it is. */
function advance(deps: NodeDeps, claim: NodeClaim, instance: Instance): Requeue | undefined {
  const { launchMs, registerMs } = instance.latency;
  const dueMs = instance.launchedAtMs + launchMs;
  if (!holds(claim, "Launched")) return whenDue(deps, dueMs, () => markLaunched(deps, claim, instance));
  if (!holds(claim, "Registered")) return whenDue(deps, dueMs + registerMs, () => register(deps, claim, instance));
  if (!holds(claim, "Initialized")) return initialize(deps, claim, instance, dueMs + registerMs);
  return undefined;
}

/** What is done brings the claim back to the queue by its own change. */
function whenDue({ clock }: NodeDeps, atMs: number, step: () => void): Requeue | undefined {
  if (atMs > clock.now()) return { afterMs: atMs - clock.now() };
  step();
  return undefined;
}

function markLaunched(deps: NodeDeps, claim: NodeClaim, instance: Instance): void {
  const { core, clock, fleet } = deps;
  const { offering } = instance;
  fleet.started(instance.id);
  const labels = { ...claim.metadata.labels, ...offeringLabels(offering) };
  const annotations = priceAnnotations(offering, fleet.offerings);
  const relabelled = core.patch<NodeClaim>(refOf(claim), { metadata: { labels, annotations } }, { fieldManager });
  const nodeClass = core.find<EC2NodeClass>(refTo(nodeClassKind, claim.spec.nodeClassRef.name));
  const volume = rootVolumeBytes(nodeClass?.spec.blockDeviceMappings);
  setStatus(deps, relabelled, "Launched", {
    providerID: providerIdOf(instance),
    capacity: toResourceList(capacityOf(offering.instanceType, volume)),
    allocatable: toResourceList(allocatableOf(offering.instanceType, volume)),
  });
  const { instanceType, capacityType, zone } = offering;
  const message = `Launched ${instanceType.name} (${capacityType}, ${zone}) as ${instance.id}`;
  deps.events.karpenter.record(claim, "Normal", "Launched", `${message} after ${seconds(clock.now(), claim)} s`);
}

function register(deps: NodeDeps, claim: NodeClaim, instance: Instance): void {
  const { core, clock, faults } = deps;
  if (faults?.is("no-register", claim)) return;
  if (core.find(refTo(nodeKind, instance.privateDnsName)) === undefined) {
    core.create<Node>(nodeObject(claim, instance, clock.now()), { fieldManager: "kubelet" });
  }
  setStatus(deps, claim, "Registered", { nodeName: instance.privateDnsName });
  deps.events.karpenter.record(claim, "Normal", "Registered", `Node ${instance.privateDnsName} registered`);
}

/** Network plugin, then GPU driver and device plugin, then Karpenter's own check. */
function initialize(deps: NodeDeps, claim: NodeClaim, instance: Instance, registeredMs: number): Requeue | undefined {
  const node = nodeOf(deps.core, claim);
  if (node === undefined) return undefined;
  const { initializeMs } = instance.latency;
  const hasGpus = claim.status?.capacity?.[gpuResource] !== undefined;
  const readyMs = registeredMs + (hasGpus ? Math.round(initializeMs * gpuReadyShare) : initializeMs);
  if (!holds(node, "Ready")) return whenDue(deps, readyMs, () => markReady(deps, node));
  if (hasGpus && node.status?.allocatable?.[gpuResource] === undefined) {
    return whenDue(deps, registeredMs + initializeMs, () => showGpus(deps, claim, node));
  }
  const startup = claim.spec.startupTaints ?? [];
  const isTainted = node.spec?.taints?.some(({ key }) => startup.some((one) => one.key === key)) ?? false;
  if (isTainted) return setUninitialized(deps, claim);
  deps.core.patch(refOf(node), { metadata: { labels: { [initializedLabel]: "true" } } }, { fieldManager });
  setStatus(deps, claim, "Initialized", {});
  deps.events.karpenter.record(claim, "Normal", "Initialized", `Node ${nameOf(node)} is ready for pods`);
  return undefined;
}

/** The node controller takes the taint off. */
function markReady(deps: NodeDeps, node: Node): void {
  writeConditions(deps, node, nodeConditions(true, deps.clock.now()), { fieldManager: "kubelet" });
}

/** The device plugin is up: the node's GPUs can be requested. */
function showGpus({ core, faults }: NodeDeps, claim: NodeClaim, node: Node): void {
  if (faults?.is("no-device-plugin", node)) return;
  const { capacity, allocatable } = claim.status ?? {};
  core.patch(refOf(node), { status: { capacity, allocatable } }, { subresource: "status", fieldManager: "kubelet" });
}

/** A startup taint that nobody removes keeps a node from being initialized for ever, on EKS as here. */
function setUninitialized(deps: NodeDeps, claim: NodeClaim): undefined {
  const reason = "StartupTaintsExist";
  if (conditionIn(claim, "Initialized")?.reason === reason) return;
  const condition = { type: "Initialized", status: "Unknown", reason, message: "StartupTaint still exists" } as const;
  writeConditions(deps, claim, [condition], { fieldManager });
}

function setStatus(deps: NodeDeps, claim: NodeClaim, type: string, status: object): void {
  const types = type === "Initialized" ? [type, "Ready"] : [type];
  const conditions = types.map((name) => ({ type: name, status: "True" as const, reason: name, message: "" }));
  writeConditions(deps, claim, conditions, { fieldManager, status });
}

function seconds(nowMs: number, { metadata }: NodeClaim): number {
  return Math.round((nowMs - Date.parse(metadata.creationTimestamp ?? "")) / 1000);
}

/** A claim that does not register in time, or is too old, is deleted; until then there is a far-off timer. */
function expiry({ core, clock, events }: NodeDeps, claim: NodeClaim): Requeue | undefined {
  const createdMs = Date.parse(claim.metadata.creationTimestamp ?? "");
  const isRegistered = holds(claim, "Registered");
  const lifeMs = isRegistered ? durationOrNever(claim.spec.expireAfter ?? "Never") : registrationTimeoutMs;
  const leftMs = createdMs + lifeMs - clock.now();
  // A node that does not register has its pods wait for this
  if (leftMs > 0) return Number.isFinite(leftMs) ? { afterMs: leftMs, background: isRegistered } : undefined;
  const [reason, message] = isRegistered
    ? ["Expired", `NodeClaim has lived for ${claim.spec.expireAfter}`]
    : ["RegistrationTimeout", "Node did not register within 15 minutes"];
  events.karpenter.record(claim, "Normal", reason, message);
  core.delete(refOf(claim));
  return undefined;
}
