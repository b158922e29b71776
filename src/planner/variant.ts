import { Bits } from "./bits.ts";
import type { Compiled } from "./compile.ts";
import type { PodClass, Wishes } from "./pod-class.ts";
import { relaxed } from "./pod-class.ts";
import { untolerated } from "./taints.ts";
import type { Selecting, Topology } from "./topology.ts";
import type { TopologyGroup } from "./topology-group.ts";
import type { Requirement, Taint } from "./types.ts";

/** A topology group that decides where a pod may go. */
export interface Rule {
  readonly group: TopologyGroup;
  /** Whether the pod is one of those counted. */
  readonly isSelf: boolean;
  /** The domains that the pod's own requirements leave, as a mask. */
  readonly allowed: number;
  /** Of them, those where the rule lets it in at the moment. */
  open: number;
}

/** What compiling a class takes. */
export interface VariantContext {
  readonly compile: (list: readonly Requirement[]) => Compiled;
  readonly topology: Topology;
  /** Whether some taint has the effect PreferNoSchedule. */
  readonly hasPreferredTaints: boolean;
}

/** A class of pods with some of its preferences given up, compiled; and what was found out about where it cannot go. */
export class Variant {
  readonly podClass: PodClass;
  readonly compiled: Compiled;
  readonly hosts: readonly Rule[];
  readonly domains: readonly Rule[];
  /** Bins that will never take it. */
  readonly dead = new Bits();
  /** Inverse groups to be told where it went. */
  readonly owned: readonly TopologyGroup[];
  readonly selecting: Selecting;
  /** Whether a later placement may open a place that is shut now. */
  readonly mayRecover: boolean;
  /** How many pods were placed when it last fitted nowhere. */
  failedAt = -1;
  readonly #wishes: Wishes;
  readonly #context: VariantContext;
  #next: Variant | undefined;

  constructor(podClass: PodClass, wishes: Wishes, context: VariantContext) {
    this.podClass = podClass;
    this.#wishes = wishes;
    this.#context = context;
    const [alternative = []] = wishes.alternatives;
    const strict = context.compile([...alternative, ...podClass.volumes]);
    const [preferred] = wishes.preferredNodes;
    this.compiled = preferred ? context.compile([...alternative, ...podClass.volumes, ...preferred]) : strict;
    const { namespace, labels } = podClass;
    this.selecting = context.topology.selecting(namespace, labels);
    this.owned = wishes.antiAffinity
      .filter(({ weight }) => weight === undefined)
      .map((term) => context.topology.inverse(namespace, term));
    const rules = [...groupsOf(podClass, wishes, context), ...this.selecting.inverse].map(
      (group): Rule => ({
        group,
        isSelf: group.selects(namespace, labels),
        allowed: group.isHost ? 0 : context.topology.allowed(group.rule.key, strict),
        open: 0,
      }),
    );
    this.hosts = rules.filter(({ group }) => group.isHost);
    this.domains = rules.filter(({ group }) => !group.isHost);
    this.mayRecover = rules.some(
      ({ group: { rule, isHost } }) => rule.kind === "affinity" || (rule.kind === "spread" && !isHost),
    );
  }

  /** With one more preference given up; undefined when none is left. */
  next(): Variant | undefined {
    if (this.#next !== undefined) return this.#next;
    const wishes = relaxed(this.#wishes);
    if (wishes === undefined) return undefined;
    if (wishes.toleratesPreferred && !this.#wishes.toleratesPreferred && !this.#context.hasPreferredTaints)
      return undefined;
    this.#next = new Variant(this.podClass, wishes, this.#context);
    return this.#next;
  }

  tolerates(taints: readonly Taint[]): boolean {
    return untolerated(taints, this.podClass.tolerations, !this.#wishes.toleratesPreferred) === undefined;
  }
}

/** Makes sure that the groups of a class exist: counting starts when all are known. */
export function groupsOf(podClass: PodClass, wishes: Wishes, { topology, compile }: VariantContext): TopologyGroup[] {
  const { namespace, tolerations } = podClass;
  const spreads = wishes.spread.map((constraint) => {
    const honoursNodes = constraint.nodeAffinityPolicy !== "Ignore" && podClass.wishes.alternatives.flat().length > 0;
    const honoursTaints = constraint.nodeTaintsPolicy === "Honor";
    const alternatives = honoursNodes ? podClass.wishes.alternatives : [[]];
    const filter = { alternatives: alternatives.map(compile), tolerations: honoursTaints ? tolerations : undefined };
    const isPlain = !honoursNodes && !honoursTaints;
    const key = isPlain ? "" : JSON.stringify([alternatives, honoursTaints && tolerations]);
    return topology.spread(namespace, constraint, isPlain ? undefined : filter, key);
  });
  for (const term of wishes.antiAffinity) if (term.weight === undefined) topology.inverse(namespace, term);
  return [
    ...spreads,
    ...wishes.affinity.map((term) => topology.affinity("affinity", namespace, term)),
    ...wishes.antiAffinity.map((term) => topology.affinity("anti-affinity", namespace, term)),
  ];
}
