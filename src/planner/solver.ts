import { Bin } from "./bin.ts";
import { BinList } from "./bin-list.ts";
import { type Columns, columnsOf } from "./columns.ts";
import { compiler } from "./compile.ts";
import { Placer } from "./placer.ts";
import { demandOf, type PodClass, podClasses } from "./pod-class.ts";
import { availabilityOf, debit, type PoolView, poolView } from "./pool-view.ts";
import type { Resources } from "./resources.ts";
import { isSlotKey, Slots } from "./slots.ts";
import { Topology } from "./topology.ts";
import { hostnameKey } from "./topology-group.ts";
import { topologyReason } from "./topology-reason.ts";
import type { PlanNode, PlanPod, ProvisionInput } from "./types.ts";
import { universeOf } from "./universe.ts";
import { groupsOf, Variant, type VariantContext } from "./variant.ts";

/** One round of placing pods: the state that Karpenter's scheduler.go keeps, in columns and sets. */
export class Solver {
  readonly views: readonly PoolView[];
  readonly list = new BinList();
  readonly columns: Columns;
  readonly slots: Slots;
  readonly #input: ProvisionInput;
  readonly #topology: Topology;
  readonly #placer: Placer;
  readonly #classOf: (pod: PlanPod) => PodClass;
  readonly #variants = new Map<PodClass, Variant>();
  readonly #context: VariantContext;
  /** The least that any pod of the round requests, by column. */
  readonly #least: Float64Array;
  #placed = 0;

  constructor(input: ProvisionInput) {
    this.#input = input;
    const universe = universeOf(input.offerings);
    const available = availabilityOf(universe, input.unavailable);
    this.views = inOrder(input).map((pool) => poolView(pool, universe, available));
    const slots = new Slots(universe, input.nodes);
    this.slots = slots;
    this.columns = columnsOf(universe);
    const reachable = this.views.reduce((mask, view) => mask | view.reachable, 0);
    const nodeSlots = input.nodes.reduce((mask, node) => mask | slots.maskOfNode(node), 0);
    this.#topology = new Topology(slots, reachable | nodeSlots, input.namespaces);
    const keepsMinValues = input.minValuesPolicy !== "BestEffort";
    this.#placer = new Placer({ columns: this.columns, topology: this.#topology, available, keepsMinValues });
    this.#classOf = podClasses(this.columns, {
      ignorePreferences: input.preferencePolicy === "Ignore",
      hasNeighbours: hasNeighbours(input),
    });
    this.#context = {
      compile: compiler(universe, slots.all),
      topology: this.#topology,
      hasPreferredTaints: hasPreferredTaints(input),
    };
    const classes = new Set(input.pods.map(this.#classOf));
    for (const name of Object.keys(input.daemonOverhead)) this.columns.of(name);
    this.#least = leastOf(classes, this.columns.names.length);
    this.#addNodes(classes);
    for (const view of this.views) this.#fillUp(view);
  }

  /** A static pool has its replicas whether there are pods or not, within its limit of nodes. */
  #fillUp(view: PoolView): void {
    const { replicas = 0, limits, used } = view.pool;
    const missing = Math.min(replicas, limits["nodes"] ?? replicas) - (used["nodes"] ?? 0);
    for (let more = 0; more < missing; more += 1) {
      const bin = this.#empty(view);
      if (bin.types.keep(this.#placer.buyableIn(bin.slots))) this.list.add(bin);
    }
  }

  /** Nodes are domains and hold pods that count, so they come before any variant is compiled. */
  #addNodes(classes: ReadonlySet<PodClass>): void {
    const own = [...classes].flatMap((podClass) => groupsOf(podClass, podClass.wishes, this.#context));
    const nodes = sortedNodes(this.#input.nodes);
    const bound = nodes.flatMap(({ pods = [] }) => pods);
    const keys = new Set([...own.map(({ rule }) => rule.key), ...bound.flatMap((pod) => this.#topology.expect(pod))]);
    for (const node of nodes) {
      this.list.add(Bin.ofNode(this.list.bins.length, node, this.slots.maskOfNode(node), this.columns));
    }
    const claims = this.views.map((view) => Bin.ofPool(-1, view, {}, this.columns));
    for (const key of keys) {
      if (key !== hostnameKey && !isSlotKey(key)) this.#topology.register(key, [...this.list.bins, ...claims]);
    }
    for (const bin of this.list.bins) for (const pod of bin.node?.pods ?? []) this.#topology.recordBound(pod, bin);
  }

  /** Puts a pod somewhere, giving up its preferences one by one where it must; says where, or undefined. */
  place(pod: PlanPod): Bin | undefined {
    for (let variant: Variant | undefined = this.variantOf(pod); variant !== undefined; variant = variant.next()) {
      const bin = this.#placeAs(pod, variant);
      if (bin !== undefined) return bin;
    }
    return undefined;
  }

  variantOf(pod: PlanPod): Variant {
    const podClass = this.#classOf(pod);
    let variant = this.#variants.get(podClass);
    if (variant === undefined) {
      variant = new Variant(podClass, podClass.wishes, this.#context);
      this.#variants.set(podClass, variant);
    }
    return variant;
  }

  /** Why topologies keep a pod away, all preferences given up: one sentence a rule. */
  obstacles(pod: PlanPod): string[] {
    let variant = this.variantOf(pod);
    for (let next = variant.next(); next !== undefined; next = next.next()) variant = next;
    return [...variant.domains, ...variant.hosts].flatMap(
      (rule) => topologyReason(rule, (domains) => this.#topology.names(rule.group.rule.key, domains)) ?? [],
    );
  }

  #placeAs(pod: PlanPod, variant: Variant): Bin | undefined {
    if (variant.failedAt >= 0 && (!variant.mayRecover || variant.failedAt === this.#placed)) return undefined;
    const slots = this.#openSlots(variant);
    const bin = slots === 0 ? undefined : (this.#join(pod, variant, slots) ?? this.#launch(pod, variant));
    if (bin === undefined) variant.failedAt = this.#placed;
    else this.#placed += 1;
    return bin;
  }

  /** Where the topology rules let a variant in now: all slots as -1 where no rule is about slots. */
  #openSlots(variant: Variant): number {
    let slots = -1;
    for (const rule of variant.domains) {
      rule.open = rule.group.open(rule.allowed, rule.isSelf);
      if (rule.open === 0) return 0;
      slots &= this.#topology.slotsIn(rule.group.rule.key, rule.open);
    }
    return slots;
  }

  #join(pod: PlanPod, variant: Variant, slots: number): Bin | undefined {
    const { list } = this;
    return list.first(variant, slots, (bin) => {
      const before = bin.slots;
      if (!this.#placer.place(pod, variant, bin)) return false;
      list.moved(bin, before);
      if (this.#isFull(bin)) list.close(bin);
      return true;
    });
  }

  #launch(pod: PlanPod, variant: Variant): Bin | undefined {
    for (const view of this.views) {
      if (view.pool.replicas !== undefined) continue;
      const bin = this.#empty(view);
      const isPlaced = this.#placer.place(pod, variant, bin);
      if (!isPlaced) {
        this.#forget(variant, bin);
        continue;
      }
      if (view.isLimited) debit(view, bin.types.members());
      this.list.add(bin);
      return bin;
    }
    return undefined;
  }

  /** Puts a pod on a node that exists, if one takes it. */
  settle(pod: PlanPod): boolean {
    const variant = this.variantOf(pod);
    const bin = this.list.first(variant, this.#openSlots(variant), (candidate) =>
      candidate.node === undefined ? false : this.#placer.place(pod, variant, candidate),
    );
    if (bin !== undefined && this.#isFull(bin)) this.list.close(bin);
    return bin !== undefined;
  }

  /** Launches a claim for just these pods, or nothing. They must have no constraints about other pods. */
  open(pods: readonly PlanPod[], view: PoolView): boolean {
    const bin = this.#empty(view);
    const isWhole = pods.every((pod) => this.#placer.place(pod, this.variantOf(pod), bin));
    if (!isWhole) {
      for (const pod of bin.pods) this.#topology.record(this.variantOf(pod).selecting, [], bin, -1);
      for (const pod of pods) this.#forget(this.variantOf(pod), bin);
      return false;
    }
    if (view.isLimited) debit(view, bin.types.members());
    this.list.add(bin);
    return true;
  }

  #empty(view: PoolView): Bin {
    return Bin.ofPool(this.list.bins.length, view, this.overhead, this.columns);
  }

  /** The next claim gets the same number: what was found out about this one does not hold for it. */
  #forget({ dead, podClass }: Variant, { index }: Bin): void {
    dead.delete(index);
    podClass.size.full.delete(index);
  }

  #isFull({ room }: Bin): boolean {
    return this.#least.some((amount, column) => amount > 0 && (room[column] ?? 0) < amount);
  }

  /** What DaemonSets take of each new node. */
  get overhead(): Resources {
    return this.#input.daemonOverhead;
  }
}

/** Pools heaviest first, then by name. */
function inOrder({ pools }: ProvisionInput) {
  return [...pools].sort((a, b) => b.weight - a.weight || order(a.name, b.name));
}

/** Nodes as pods try them: initialized ones first, then by name (Karpenter's scheduler.go). */
function sortedNodes(nodes: readonly PlanNode[]): PlanNode[] {
  return [...nodes].sort((a, b) => Number(b.initialized) - Number(a.initialized) || order(a.name, b.name));
}

/** By code unit, the same in every locale. */
export function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Whether what a pod's labels are makes a difference. */
function hasNeighbours({ pods, nodes }: ProvisionInput): boolean {
  return (
    pods.some(({ spread, affinity, antiAffinity }) => spread || affinity || antiAffinity) ||
    nodes.some((node) => node.pods?.some(({ antiAffinity }) => antiAffinity))
  );
}

function hasPreferredTaints({ pools, nodes }: ProvisionInput): boolean {
  return [...pools, ...nodes].some(({ taints }) => taints.some(({ effect }) => effect === "PreferNoSchedule"));
}

function leastOf(classes: ReadonlySet<PodClass>, columns: number): Float64Array {
  const least = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  for (const { size } of classes) {
    const own = demandOf(size, columns);
    for (let column = 0; column < columns; column += 1) {
      least[column] = Math.min(least[column] ?? 0, own[column] ?? 0);
    }
  }
  return classes.size === 0 ? least.fill(0) : least;
}
