import { conditionOf, type Node, type NodeClaim } from "../../cluster/objects.ts";
import { allocatableOf, capacityOf, gpuResource } from "../../planner/resources.ts";
import { holds, writeConditions, writeStatus } from "../core/conditions.ts";
import { find, isDeleting, list, nameOf, refOf } from "../core/refs.ts";
import { type Instance, providerIdOf } from "../ec2/instance.ts";
import { startController, watching } from "./controller.ts";
import { durationOrNever, toResourceList } from "./convert.ts";
import type { NodeDeps } from "./deps.ts";
import { offeringLabels, priceAnnotations } from "./node-labels.ts";
import { nodeConditions, nodeObject } from "./node-object.ts";
import { claimNameOf, initializedLabel, isInitialized, nodeOf, poolNameOf, storageOf } from "./node-state.ts";
import { type Requeue, sooner } from "./queue.ts";

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
    kind: "NodeClaim",
    reconcile(claim) {
      if (isDeleting(claim)) return undefined;
      const instance = deps.fleet.ofClaim(nameOf(claim)) ?? launch(deps, claim);
      return instance && sooner(advance(deps, claim, instance), expiry(deps, claim));
    },
    // A startup taint that was removed may be what its claim waits for
    watches: [watching("Node", claimNameOf)],
    // A fault that ends lets a node register, or find its GPUs
    listen: (add) => deps.faults?.subscribe(() => list(deps.core, "NodeClaim").map(nameOf).forEach(add)),
  });
}

/** Asks EC2 for an instance. Without capacity the claim is deleted: its pods are planned anew. */
function launch({ core, fleet, events }: NodeDeps, claim: NodeClaim): Instance | undefined {
  // The instance that it had may be gone
  const isNew = claim.status?.providerID === undefined;
  const answer = isNew ? fleet.launch(nameOf(claim), claim.spec.requirements, poolNameOf(claim)) : undefined;
  if (answer !== undefined && "instance" in answer) return answer.instance;
  if (answer !== undefined) {
    const names = answer.shortOf.map((one) => `${one.instanceType.name} ${one.capacityType} ${one.zone}`);
    const short = [...new Set(names)].join(", ") || "all offerings";
    const message = `NodeClaim ${nameOf(claim)} event: insufficient capacity for ${short}`;
    events.karpenter.record(claim, "Warning", "InsufficientCapacityError", message);
  }
  core.delete(refOf(claim));
  return undefined;
}

/** The next step that is due, or how long until it is. */
function advance(deps: NodeDeps, claim: NodeClaim, instance: Instance): Requeue | undefined {
  const { launchMs, registerMs } = instance.latency;
  const launchedMs = instance.launchedAtMs + launchMs;
  const registeredMs = launchedMs + registerMs;
  if (!holds(claim, "Launched")) return whenDue(deps, launchedMs, () => markLaunched(deps, claim, instance));
  if (!holds(claim, "Registered")) return whenDue(deps, registeredMs, () => register(deps, claim, instance));
  return isInitialized(claim) ? undefined : initialize(deps, claim, registeredMs, instance.latency.initializeMs);
}

/** What is done brings the claim back to the queue by its own change. */
function whenDue({ clock }: NodeDeps, atMs: number, step: () => void): Requeue | undefined {
  if (atMs > clock.now()) return { afterMs: atMs - clock.now() };
  step();
  return undefined;
}

function markLaunched(deps: NodeDeps, claim: NodeClaim, instance: Instance): void {
  const { core, clock, fleet, events } = deps;
  const { instanceType, capacityType, zone } = instance.offering;
  fleet.started(instance.id);
  const labels = { ...claim.metadata.labels, ...offeringLabels(instance.offering) };
  const annotations = priceAnnotations(instance.offering, fleet.offerings);
  core.patch(refOf(claim), { metadata: { labels, annotations } }, { fieldManager });
  const storage = storageOf(core, claim.spec.nodeClassRef);
  setStatus(deps, claim, ["Launched"], {
    providerID: providerIdOf(instance),
    capacity: toResourceList(capacityOf(instanceType, storage)),
    allocatable: toResourceList(allocatableOf(instanceType, storage)),
  });
  const seconds = Math.round((clock.now() - Date.parse(claim.metadata.creationTimestamp ?? "")) / 1000);
  const message = `Launched ${instanceType.name} (${capacityType}, ${zone}) as ${instance.id} after ${seconds} s`;
  events.karpenter.record(claim, "Normal", "Launched", message);
}

function register(deps: NodeDeps, claim: NodeClaim, instance: Instance): void {
  const { core, clock, faults, events } = deps;
  const nodeName = instance.privateDnsName;
  if (faults?.is("no-register", claim)) return;
  if (find(core, "Node", nodeName) === undefined) {
    core.create<Node>(nodeObject(claim, instance, clock.now()), { fieldManager: "kubelet" });
  }
  setStatus(deps, claim, ["Registered"], { nodeName });
  events.karpenter.record(claim, "Normal", "Registered", `Node ${nodeName} registered`);
}

/** Network plugin, then GPU driver and device plugin, then Karpenter's own check. */
function initialize(deps: NodeDeps, claim: NodeClaim, fromMs: number, initializeMs: number): Requeue | undefined {
  const node = nodeOf(deps.core, claim);
  if (node === undefined) return undefined;
  const hasGpus = claim.status?.capacity?.[gpuResource] !== undefined;
  const readyMs = fromMs + (hasGpus ? Math.round(initializeMs * gpuReadyShare) : initializeMs);
  if (!holds(node, "Ready")) return whenDue(deps, readyMs, () => markReady(deps, node));
  if (hasGpus && node.status?.allocatable?.[gpuResource] === undefined) {
    return whenDue(deps, fromMs + initializeMs, () => showGpus(deps, claim, node));
  }
  const startup = claim.spec.startupTaints ?? [];
  const isTainted = node.spec?.taints?.some(({ key }) => startup.some((one) => one.key === key)) ?? false;
  if (isTainted) return setUninitialized(deps, claim);
  deps.core.patch(refOf(node), { metadata: { labels: { [initializedLabel]: "true" } } }, { fieldManager });
  setStatus(deps, claim, ["Initialized", "Ready"], {});
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
  writeStatus(core, node, { capacity, allocatable }, "kubelet");
}

/** A startup taint that nobody removes keeps a node from being initialized for ever, on EKS as here. */
function setUninitialized(deps: NodeDeps, claim: NodeClaim): undefined {
  const reason = "StartupTaintsExist";
  if (conditionOf(claim, "Initialized")?.reason === reason) return;
  const condition = { type: "Initialized", status: "Unknown", reason, message: "StartupTaint still exists" } as const;
  writeConditions(deps, claim, [condition], { fieldManager });
}

function setStatus(deps: NodeDeps, claim: NodeClaim, types: readonly string[], status: object): void {
  const conditions = types.map((type) => ({ type, status: "True", reason: type, message: "" }) as const);
  writeConditions(deps, claim, conditions, { fieldManager, status });
}

/** A claim that does not register in time, or is too old, is deleted; until then there is a far-off timer. */
function expiry({ core, clock, events }: NodeDeps, claim: NodeClaim): Requeue | undefined {
  const isRegistered = holds(claim, "Registered");
  const lifeMs = isRegistered ? durationOrNever(claim.spec.expireAfter ?? "Never") : registrationTimeoutMs;
  const afterMs = Date.parse(claim.metadata.creationTimestamp ?? "") + lifeMs - clock.now();
  // A node that does not register has its pods wait for this
  if (afterMs > 0) return { afterMs, background: isRegistered };
  const [reason, message] = isRegistered
    ? ["Expired", `NodeClaim has lived for ${claim.spec.expireAfter}`]
    : ["RegistrationTimeout", "Node did not register within 15 minutes"];
  events.karpenter.record(claim, "Normal", reason, message);
  core.delete(refOf(claim));
  return undefined;
}
