import type { Bin } from "./bin.ts";
import { isSingle, lowest } from "./bits.ts";
import type { Compiled } from "./compile.ts";
import { isOpenLabel } from "./instance-labels.ts";
import { firstConflict, firstMismatch, matches, type ValueSet } from "./requirements.ts";
import { namespaceOf, namespacesOf } from "./selector.ts";
import { isSlotKey, type Slots } from "./slots.ts";
import { untolerated } from "./taints.ts";
import { TopologyGroup, type TopologyRule } from "./topology-group.ts";
import type { Labels, PodAffinityTerm, PodTraits, SpreadConstraint, Toleration } from "./types.ts";

/** Which nodes a spread counts pods on. */
export interface NodeFilter {
  readonly alternatives: readonly Compiled[];
  /** Undefined where taints do not matter. */
  readonly tolerations: readonly Toleration[] | undefined;
}

/** The groups whose selector matches a pod. */
export interface Selecting {
  readonly groups: readonly TopologyGroup[];
  /** Of pods with anti-affinity to it. */
  readonly inverse: readonly TopologyGroup[];
}

/**
 * All topology groups of a round (Karpenter's topology.go). Anti-affinity counts both ways: the inverse groups count the
 * pods that have the term, and keep those away that it matches.
 */
export class Topology {
  readonly #slots: Slots;
  readonly #reachable: number;
  readonly #namespaces: Readonly<Record<string, Labels>>;
  readonly #groups = new Map<string, TopologyGroup>();
  readonly #inverse = new Map<string, TopologyGroup>();
  readonly #filters = new Map<TopologyGroup, NodeFilter>();
  readonly #selecting = new Map<string, Selecting>();
  readonly #custom = new Map<string, string[]>();

  /** `reachable`: slots of the pools and of the nodes, whose zones are the domains. */
  constructor(slots: Slots, reachable: number, namespaces: Readonly<Record<string, Labels>> = {}) {
    this.#slots = slots;
    this.#reachable = reachable;
    this.#namespaces = namespaces;
  }

  spread(namespace: string, constraint: SpreadConstraint, filter: NodeFilter | undefined, filterKey: string) {
    const { topologyKey: key, maxSkew, minDomains = 0, selector } = constraint;
    const rule: TopologyRule = { kind: "spread", key, namespaces: [namespace], selector, maxSkew, minDomains };
    const group = intern(this.#groups, rule, filterKey);
    if (filter !== undefined) this.#filters.set(group, filter);
    return group;
  }

  affinity(kind: "affinity" | "anti-affinity", namespace: string, term: PodAffinityTerm): TopologyGroup {
    return intern(this.#groups, this.#ruleOf(kind, namespace, term));
  }

  /** The group that counts the pods which have a term of anti-affinity. */
  inverse(namespace: string, term: PodAffinityTerm): TopologyGroup {
    return intern(this.#inverse, this.#ruleOf("anti-affinity", namespace, term));
  }

  #ruleOf(kind: TopologyRule["kind"], namespace: string, term: PodAffinityTerm): TopologyRule {
    const namespaces = namespacesOf(term, namespace, this.#namespaces);
    const { topologyKey: key, selector } = term;
    return { kind, key, namespaces, selector, maxSkew: Number.MAX_SAFE_INTEGER, minDomains: 0 };
  }

  /** Asked once all groups of the round exist. */
  selecting(namespace: string, labels: Labels): Selecting {
    const key = JSON.stringify([namespace, labels]);
    let found = this.#selecting.get(key);
    if (found === undefined) {
      const those = (groups: ReadonlyMap<string, TopologyGroup>) =>
        [...groups.values()].filter((group) => group.selects(namespace, labels));
      found = { groups: those(this.#groups), inverse: those(this.#inverse) };
      this.#selecting.set(key, found);
    }
    return found;
  }

  /** The domains of a key, as a mask, that a bin can be in with these of its slots. */
  domainsOf(bin: Bin, key: string, slots: number): number {
    if (isSlotKey(key)) return this.#slots.domainMask(key, slots);
    const value = bin.node === undefined ? onlyValue(bin.custom.get(key)) : bin.node.labels[key];
    return value === undefined ? 0 : 1 << this.#customDomain(key, value);
  }

  /** The domains that a pod whose requirements leave these slots may be in. */
  allowed(key: string, requirements: Compiled): number {
    if (isSlotKey(key)) return this.#slots.domainMask(key, requirements.slots & this.#reachable);
    const set = requirements.requirements.get(key);
    const names = this.#custom.get(key) ?? [];
    return names.reduce((mask, name, domain) => (!set || matches(set, name) ? mask | (1 << domain) : mask), 0);
  }

  /** The names of a mask's domains. */
  names(key: string, domains: number): readonly string[] {
    const all = isSlotKey(key) ? this.#slots.domains(key) : (this.#custom.get(key) ?? []);
    return all.filter((_, domain) => (domains & (1 << domain)) !== 0);
  }

  /** Learns the domains of labels that are neither a host's, a type's nor an offering's. */
  register(key: string, bins: Iterable<Bin>): void {
    for (const bin of bins) this.domainsOf(bin, key, 0);
  }

  slotsIn(key: string, domains: number): number {
    return isSlotKey(key) ? this.#slots.slotMask(key, domains) : -1;
  }

  /** Counts a pod on a bin (`by` 1), or takes it away again (-1). */
  record({ groups }: Selecting, owned: readonly TopologyGroup[], bin: Bin, by: 1 | -1): void {
    for (const group of groups) {
      const filter = this.#filters.get(group);
      if (filter === undefined || admits(filter, bin))
        this.#change(group, bin, by, group.rule.kind === "anti-affinity");
    }
    for (const group of owned) this.#change(group, bin, by, true);
  }

  /** Makes sure that the groups of a bound pod's anti-affinity exist; returns their keys. */
  expect({ name, antiAffinity = [] }: PodTraits): string[] {
    const required = antiAffinity.filter(({ weight }) => weight === undefined);
    return required.map((term) => this.inverse(namespaceOf(name), term).rule.key);
  }

  /** A pod that is on a node already. */
  recordBound({ name, labels = {}, antiAffinity = [] }: PodTraits, bin: Bin): void {
    const namespace = namespaceOf(name);
    const required = antiAffinity.filter(({ weight }) => weight === undefined);
    const owned = required.map((term) => this.inverse(namespace, term));
    this.record(this.selecting(namespace, labels), owned, bin, 1);
  }

  /** Where the pod may be is not settled: anti-affinity blocks all of it, the others count only what is certain. */
  #change(group: TopologyGroup, bin: Bin, by: number, everywhere: boolean): void {
    if (group.isHost) {
      group.change(bin.index, by);
      return;
    }
    const domains = this.domainsOf(bin, group.rule.key, bin.slots);
    if (!everywhere && !isSingle(domains)) return;
    for (let rest = domains; rest !== 0; rest &= rest - 1) group.change(lowest(rest), by);
  }

  #customDomain(key: string, value: string): number {
    const names = this.#custom.get(key) ?? [];
    this.#custom.set(key, names);
    const known = names.indexOf(value);
    return known >= 0 ? known : names.push(value) - 1;
  }
}

function intern(groups: Map<string, TopologyGroup>, rule: TopologyRule, filterKey = ""): TopologyGroup {
  const key = JSON.stringify([rule, filterKey]);
  const group = groups.get(key) ?? new TopologyGroup(rule);
  groups.set(key, group);
  return group;
}

function onlyValue(set: ValueSet | undefined): string | undefined {
  return set !== undefined && !set.complement && set.values.size === 1 ? [...set.values][0] : undefined;
}

function admits({ alternatives, tolerations }: NodeFilter, { node, view, slots, types, custom }: Bin): boolean {
  const taints = node?.taints ?? view?.pool.taints ?? [];
  if (tolerations !== undefined && untolerated(taints, tolerations) !== undefined) return false;
  return alternatives.some((wanted) => {
    if (node !== undefined) return firstMismatch(wanted.requirements, node.labels) === undefined;
    if ((wanted.slots & slots) === 0 || firstConflict(custom, wanted.custom, isOpenLabel) !== undefined) return false;
    return wanted.types === undefined || !wanted.types.and(types).isEmpty();
  });
}
