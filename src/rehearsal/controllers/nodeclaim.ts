import type { LaunchLatency } from "../../catalog/latency.ts";
import type { Condition, EC2NodeClass, Node, NodeClaim } from "../../cluster/objects.ts";
import { allocatableOf, capacityOf, gpuResource } from "../../planner/resources.ts";
import type { Instance } from "../ec2/instance.ts";
import { providerIdOf } from "../ec2/instance.ts";
import { conditionIn, holds, withCondition } from "./conditions.ts";
import { durationOrNever, rootVolumeBytes, toResourceList } from "./convert.ts";
import type { NodeDeps } from "./deps.ts";
import { offeringLabels, priceAnnotations } from "./node-labels.ts";
import { nodeConditions, nodeObject, notReadyTaint } from "./node-object.ts";
import { claimsOf, initializedLabel, nodeOf } from "./node-state.ts";
import { type Requeue, sooner, workQueue } from "./queue.ts";
import { isDeleting, nameOf, nodeClaimKind, nodeClassKind, nodeKind, refOf, refTo } from "./refs.ts";

const fieldManager = "karpenter";
/** Karpenter's launch and registration timeouts (hard-coded there). */
const registrationTimeoutMs = 900_000;
/**
 * When in its initialization a GPU node becomes Ready, before its driver and device plugin are up: 17 of 60 seconds, as
 * a general node takes 17 s from registered to Ready. An estimate, as those times are.
 */
const gpuReadyShare = 0.3;

/** What goes on inside a launch; lost with the server, as the cluster is. */
interface Launch {
  readonly instance: Instance;
  readonly latency: LaunchLatency;
  readonly requestedMs: number;
}

/** Takes each NodeClaim from Launched over Registered to Initialized, and ends it when it gets too old. */
export function startNodeClaims(deps: NodeDeps): () => void {
  const { core, clock } = deps;
  const launches = new Map<string, Launch>();
  const queue = workQueue({
    clock,
    reconcile: (name) => reconcile(deps, launches, name),
    onError: (name, error) => deps.onError(`nodeclaim ${name}`, error),
  });
  for (const claim of claimsOf(core)) queue.add(nameOf(claim));
  const stops = [
    core.subscribe<NodeClaim>(nodeClaimKind, ({ type, object }) => {
      if (type === "DELETED") launches.delete(object.metadata.uid ?? "");
      else queue.add(nameOf(object));
    }),
    // A startup taint that was removed may be what its claim waits for
    core.subscribe<Node>(nodeKind, ({ object }) => {
      const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === "NodeClaim");
      if (owner !== undefined) queue.add(owner.name);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}

function reconcile(deps: NodeDeps, launches: Map<string, Launch>, name: string): Requeue | undefined {
  const claim = deps.core.find<NodeClaim>(refTo(nodeClaimKind, name));
  if (claim === undefined || isDeleting(claim)) return undefined;
  const uid = claim.metadata.uid ?? "";
  const launch = launches.get(uid) ?? requestLaunch(deps, claim);
  if (launch === undefined) return undefined;
  launches.set(uid, launch);
  return sooner(advance(deps, claim, launch), expiry(deps, claim));
}

/** Asks EC2 for an instance. Without capacity the claim is deleted: its pods are planned anew. */
function requestLaunch({ core, clock, fleet, events, onError }: NodeDeps, claim: NodeClaim): Launch | undefined {
  if (claim.status?.providerID !== undefined) {
    onError(`nodeclaim ${nameOf(claim)}`, new Error("was launched by another server"));
    return undefined;
  }
  const answer = fleet.launch(nameOf(claim), claim.spec.requirements);
  if ("instance" in answer) return { ...answer, requestedMs: clock.now() };
  const short = answer.shortOf.map(
    ({ instanceType, capacityType, zone }) => `${instanceType.name} ${capacityType} ${zone}`,
  );
  const message = `NodeClaim ${nameOf(claim)} event: insufficient capacity for ${[...new Set(short)].join(", ") || "all offerings"}`;
  events.karpenter.record(claim, "Warning", "InsufficientCapacityError", message);
  core.delete(refOf(claim));
  return undefined;
}

/** The next step that is due, or how long until it is. */
function advance(deps: NodeDeps, claim: NodeClaim, launch: Launch): Requeue | undefined {
  const { launchMs, registerMs } = launch.latency;
  const dueMs = launch.requestedMs + launchMs;
  if (!holds(claim, "Launched")) return whenDue(deps, dueMs, () => markLaunched(deps, claim, launch));
  if (!holds(claim, "Registered")) return whenDue(deps, dueMs + registerMs, () => register(deps, claim, launch));
  if (!holds(claim, "Initialized")) return initialize(deps, claim, launch, dueMs + registerMs);
  return undefined;
}

/** What is done brings the claim back to the queue by its own change. */
function whenDue({ clock }: NodeDeps, atMs: number, step: () => void): Requeue | undefined {
  if (atMs > clock.now()) return { afterMs: atMs - clock.now() };
  step();
  return undefined;
}

function markLaunched(deps: NodeDeps, claim: NodeClaim, { instance }: Launch): void {
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

function register(deps: NodeDeps, claim: NodeClaim, { instance }: Launch): void {
  const { core, clock } = deps;
  if (core.find(refTo(nodeKind, instance.privateDnsName)) === undefined) {
    core.create<Node>(nodeObject(claim, instance, clock.now()), { fieldManager: "kubelet" });
  }
  setStatus(deps, claim, "Registered", { nodeName: instance.privateDnsName });
  deps.events.karpenter.record(claim, "Normal", "Registered", `Node ${instance.privateDnsName} registered`);
}

/** Network plugin, then GPU driver and device plugin, then Karpenter's own check. */
function initialize(deps: NodeDeps, claim: NodeClaim, launch: Launch, registeredMs: number): Requeue | undefined {
  const node = nodeOf(deps.core, claim);
  if (node === undefined) return undefined;
  const { initializeMs } = launch.latency;
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

function markReady({ core, clock }: NodeDeps, node: Node): void {
  const taints = (node.spec?.taints ?? []).filter(({ key }) => key !== notReadyTaint.key);
  core.patch(
    refOf(node),
    { status: { conditions: nodeConditions(true, clock.now()) } },
    { subresource: "status", fieldManager: "kubelet" },
  );
  core.patch(refOf(node), { spec: { taints } }, { fieldManager: "kube-controller-manager" });
}

/** The device plugin is up: the node's GPUs can be requested. */
function showGpus({ core }: NodeDeps, claim: NodeClaim, node: Node): void {
  const { capacity, allocatable } = claim.status ?? {};
  core.patch(refOf(node), { status: { capacity, allocatable } }, { subresource: "status", fieldManager: "kubelet" });
}

/** A startup taint that nobody removes keeps a node from being initialized for ever, on EKS as here. */
function setUninitialized({ core, clock }: NodeDeps, claim: NodeClaim): undefined {
  const condition: Condition = {
    type: "Initialized",
    status: "Unknown",
    reason: "StartupTaintsExist",
    message: "StartupTaint still exists",
  };
  if (conditionIn(claim, "Initialized")?.reason === condition.reason) return;
  const conditions = withCondition(claim.status?.conditions, condition, clock.now());
  core.patch(refOf(claim), { status: { conditions } }, { subresource: "status", fieldManager });
}

function setStatus({ core, clock }: NodeDeps, claim: NodeClaim, type: string, status: object): void {
  const set = (conditions: readonly Condition[] | undefined, name: string) =>
    withCondition(conditions, { type: name, status: "True", reason: name, message: "" }, clock.now());
  const reached = set(claim.status?.conditions, type);
  const conditions = type === "Initialized" ? set(reached, "Ready") : reached;
  core.patch(refOf(claim), { status: { ...status, conditions } }, { subresource: "status", fieldManager });
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
  if (leftMs > 0) return Number.isFinite(leftMs) ? { afterMs: leftMs, background: true } : undefined;
  const [reason, message] = isRegistered
    ? ["Expired", `NodeClaim has lived for ${claim.spec.expireAfter}`]
    : ["RegistrationTimeout", "Node did not register within 15 minutes"];
  events.karpenter.record(claim, "Normal", reason, message);
  core.delete(refOf(claim));
  return undefined;
}
