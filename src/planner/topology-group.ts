import { Bits } from "./bits.ts";
import { selects } from "./selector.ts";
import type { LabelSelector, Labels } from "./types.ts";

/** What pods of a topology group are counted for. */
export interface TopologyRule {
  readonly kind: "spread" | "affinity" | "anti-affinity";
  readonly key: string;
  readonly namespaces: readonly string[];
  readonly selector: LabelSelector;
  readonly maxSkew: number;
  readonly minDomains: number;
}

export const hostnameKey = "kubernetes.io/hostname";

/**
 * How many pods that a selector matches are in each domain of a topology (Karpenter's topologygroup.go). Counts are kept
 * up to date pod by pod; pods with equal constraints share a group. A host is a domain for itself: its index is the bin's.
 */
export class TopologyGroup {
  readonly rule: TopologyRule;
  readonly isHost: boolean;
  /** Domains with a pod, with as many as the skew allows, with more: for hosts, what a search skips. */
  readonly occupied = new Bits();
  readonly full = new Bits();
  readonly over = new Bits();
  counts = new Int32Array(32);
  #occupied = 0;

  constructor(rule: TopologyRule) {
    this.rule = rule;
    this.isHost = rule.key === hostnameKey;
  }

  /** Whether a pod is one of those that are counted. */
  selects(namespace: string, labels: Labels): boolean {
    return this.rule.namespaces.includes(namespace) && selects(this.rule.selector, labels);
  }

  change(domain: number, by: number): void {
    if (domain >= this.counts.length) this.#grow(domain + 1);
    const before = this.counts[domain] ?? 0;
    const count = before + by;
    this.counts[domain] = count;
    this.#occupied += Number(count > 0) - Number(before > 0);
    this.occupied.set(domain, count > 0);
    this.full.set(domain, count >= this.rule.maxSkew);
    this.over.set(domain, count > this.rule.maxSkew);
  }

  /** No domain has a pod of it. */
  isVacant(): boolean {
    return this.#occupied === 0;
  }

  /** Whether a pod may join a domain; `least` is the smallest count of all domains it could be in. */
  accepts(domain: number, isSelf: boolean, least: number): boolean {
    const count = this.counts[domain] ?? 0;
    switch (this.rule.kind) {
      case "spread":
        return count + Number(isSelf) - least <= this.rule.maxSkew;
      case "affinity":
        return count > 0 || (isSelf && this.isVacant());
      case "anti-affinity":
        return count === 0;
    }
  }

  /** The smallest count among the domains of a mask; 0 where they are fewer than minDomains. */
  least(domains: number): number {
    let least = Number.MAX_SAFE_INTEGER;
    let known = 0;
    for (let rest = domains, domain = 0; rest !== 0; rest >>>= 1, domain += 1) {
      if ((rest & 1) === 0) continue;
      known += 1;
      least = Math.min(least, this.counts[domain] ?? 0);
    }
    return known === 0 || known < this.rule.minDomains ? 0 : least;
  }

  /** Of the domains that a pod may be in, those where the rule lets it in now. */
  open(allowed: number, isSelf: boolean): number {
    const { kind } = this.rule;
    const least = kind === "spread" ? this.least(allowed) : 0;
    const isFirst = kind === "affinity" && isSelf && !this.#hasIn(allowed);
    let open = 0;
    for (let rest = allowed, domain = 0; rest !== 0; rest >>>= 1, domain += 1) {
      if ((rest & 1) === 1 && (isFirst || this.accepts(domain, isSelf, least))) open |= 1 << domain;
    }
    return open;
  }

  /**
   * What a node that can be in `domains`, all of them open, is narrowed to: the one with fewest pods for a spread, the
   * first for the first pod of an affinity, else all.
   */
  choose(domains: number, allowed: number): number {
    const { kind } = this.rule;
    if (kind === "anti-affinity" || (kind === "affinity" && this.#hasIn(allowed))) return domains;
    if (kind === "affinity") return domains & -domains;
    let best = 0;
    let fewest = Number.MAX_SAFE_INTEGER;
    for (let rest = domains, domain = 0; rest !== 0; rest >>>= 1, domain += 1) {
      const count = this.counts[domain] ?? 0;
      if ((rest & 1) === 0 || count >= fewest) continue;
      [best, fewest] = [1 << domain, count];
    }
    return best;
  }

  #hasIn(domains: number): boolean {
    return ((this.occupied.words[0] ?? 0) & domains) !== 0;
  }

  #grow(length: number): void {
    const grown = new Int32Array(Math.max(length, this.counts.length * 2));
    grown.set(this.counts);
    this.counts = grown;
  }
}
