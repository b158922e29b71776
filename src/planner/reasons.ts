import type { Offering } from "../catalog/instance-type.ts";
import { isOpenLabel, isTypeLabel } from "./instance-labels.ts";
import { storageAllocatable } from "./node-storage.ts";
import type { PodClass } from "./pod-class.ts";
import { capacityAmount, exceededLimit, type PoolView, slotMask } from "./pool-view.ts";
import { firstConflict, matches, merge, type Requirements, requirementsOf, valuesText } from "./requirements.ts";
import { add, amountText, gpuResource, type Resources } from "./resources.ts";
import { taintText, untolerated } from "./taints.ts";
import { mostOf } from "./universe.ts";

/** Why no pool can take a pod of this shape now: one sentence a pool, its types counted by what each of them lacks. */
export function reasonsFor(podClass: PodClass, views: readonly PoolView[], daemonOverhead: Resources): string[] {
  if (views.length === 0) return ["there is no node pool"];
  return views.map((view) => `pool ${view.pool.name}: ${poolReason(podClass, view, daemonOverhead)}`);
}

/** Reasons as one message. */
export function reasonsText(reasons: readonly string[]): string {
  return `no pool fits: ${reasons.join("; ")}`;
}

function poolReason(podClass: PodClass, view: PoolView, daemonOverhead: Resources): string {
  const taint = untolerated(view.pool.taints, podClass.tolerations);
  if (taint !== undefined) return `untolerated taint ${taintText(taint)}`;
  if (view.types.length === 0) return "no instance type of the catalog satisfies its requirements";
  const requests = add(daemonOverhead, podClass.requests);
  const missing = Object.keys(requests).find(
    (name) => (requests[name] ?? 0) > 0 && mostAllocatable(view, name, view.types) === 0,
  );
  if (missing !== undefined) return `needs ${missing}, has none`;
  const wanted = requirementsOf([...(podClass.wishes.alternatives.at(-1) ?? []), ...podClass.volumes]);
  const conflict = firstConflict(view.requirements, wanted, isOpenLabel);
  return conflict === undefined ? typesReason(view, wanted, requests) : conflictReason(view, wanted, conflict);
}

function conflictReason({ requirements }: PoolView, wanted: Requirements, key: string): string {
  const [offered, asked] = [requirements.get(key), wanted.get(key)];
  const has = offered === undefined ? "its nodes have no such label" : `has ${valuesText(offered)}`;
  return `wants ${key} ${asked === undefined ? "" : valuesText(asked)}, ${has}`;
}

/** What keeps one type back, in the order a person would look. */
type Obstacle =
  | { readonly kind: "label"; readonly key: string }
  | { readonly kind: "resource"; readonly key: string }
  | { readonly kind: "offering"; readonly key: string }
  | { readonly kind: "limit"; readonly key: string }
  | { readonly kind: "capacity"; readonly key: string }
  | { readonly kind: "topology"; readonly key: string };

function typesReason(view: PoolView, wanted: Requirements, requests: Resources): string {
  const merged = merge(view.requirements, wanted);
  const mask = slotMask(view.universe.slots, merged);
  const groups = new Map<string, { obstacle: Obstacle; types: number[] }>();
  for (const type of view.types) {
    const obstacle = obstacleOf(view, type, { merged, mask, requests });
    const name = `${obstacle.kind} ${obstacle.key}`;
    const group = groups.get(name) ?? { obstacle, types: [] };
    group.types.push(type);
    groups.set(name, group);
  }
  const order: Obstacle["kind"][] = ["capacity", "limit", "topology", "resource", "label", "offering"];
  return [...groups.values()]
    .sort((a, b) => order.indexOf(a.obstacle.kind) - order.indexOf(b.obstacle.kind))
    .map(({ obstacle, types }) => sentence(view, obstacle, types, { merged, mask, requests }))
    .join(", ");
}

interface Wanted {
  readonly merged: Requirements;
  readonly mask: number;
  readonly requests: Resources;
}

function obstacleOf(view: PoolView, type: number, { merged, mask, requests }: Wanted): Obstacle {
  const { universe, available } = view;
  for (const [key, set] of merged) {
    if (isTypeLabel(key) && !matches(set, universe.labels[type]?.[key])) return { kind: "label", key };
  }
  const lacking = Object.keys(requests).find((name) => (requests[name] ?? 0) > mostAllocatable(view, name, [type]));
  if (lacking !== undefined) return { kind: "resource", key: lacking };
  if (((universe.offered[type] ?? 0) & mask) === 0) return { kind: "offering", key: "" };
  const limit = exceededLimit(view, type);
  if (limit !== undefined) return { kind: "limit", key: limit };
  if (((available[type] ?? 0) & mask) === 0) return { kind: "capacity", key: "" };
  // It fits by itself: what keeps it back is the limit that others used up, or where its neighbours are
  return view.isLimited ? { kind: "limit", key: "" } : { kind: "topology", key: "" };
}

function mostAllocatable({ universe, storage }: PoolView, name: string, types: readonly number[]): number {
  if (name !== "ephemeral-storage") return mostOf(universe.allocatable, name, types);
  const own = types.flatMap((type) => universe.types[type] ?? []);
  return Math.max(0, ...own.map((type) => storageAllocatable(type, storage)));
}

function sentence(view: PoolView, { kind, key }: Obstacle, types: readonly number[], wanted: Wanted): string {
  const several = types.length === 1 ? "1 type" : `${types.length} types`;
  switch (kind) {
    case "label": {
      const set = wanted.merged.get(key);
      return `${several} without ${key} ${set === undefined ? "" : valuesText(set)}`;
    }
    case "resource": {
      const asked = amountText(key, wanted.requests[key] ?? 0);
      const most = amountText(key, mostAllocatable(view, key, types));
      return `${several} with too ${scarce(key)} (wants ${asked}, the most is ${most})`;
    }
    case "offering":
      return `${several} not offered in the zones and capacity types wanted`;
    case "limit":
      return limitSentence(view, key, types);
    case "topology":
      return `${several} that fit, but not where its neighbours let it be`;
    case "capacity":
      return `no capacity left now: ${capacityText(view, types, wanted.mask)} (retry within 3 min)`;
  }
}

function scarce(resource: string): string {
  if (resource === gpuResource) return "few GPUs";
  if (resource === "cpu") return "little CPU";
  if (resource === "pods") return "few places for pods";
  return `little ${resource}`;
}

function limitSentence(view: PoolView, key: string, types: readonly number[]): string {
  if (key === "") return "limit reached by the nodes planned before";
  const { pool, remaining } = view;
  const limit = pool.limits[key] ?? 0;
  const least = key === "nodes" ? 1 : Math.min(...types.map((type) => capacityAmount(view, type, key)));
  const wouldBe = limit - (remaining[key] ?? 0) + least;
  const noun = { cpu: " CPUs", [gpuResource]: " GPUs", memory: " memory" }[key] ?? ` ${key}`;
  return `limit reached: would use ${amountText(key, wouldBe)} of ${amountText(key, limit)}${noun}`;
}

const namedTypes = 3;

/** `g5.xlarge spot us-east-1a,b`, the first few types by name. */
function capacityText({ universe }: PoolView, types: readonly number[], mask: number): string {
  const texts = types.slice(0, namedTypes).map((type) => {
    const offerings = (universe.offerings[type] ?? []).filter(
      (offering, slot): offering is Offering => offering !== undefined && (mask & (1 << slot)) !== 0,
    );
    const kinds = [...new Set(offerings.map(({ capacityType }) => capacityType))].sort();
    const places = kinds.map((kind) => {
      const zones = offerings.filter(({ capacityType }) => capacityType === kind).map(({ zone }) => zone);
      return `${kind} ${zonesText(zones)}`;
    });
    return `${universe.types[type]?.name} ${places.join(" and ")}`;
  });
  const more = types.length - texts.length;
  return `${texts.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Zones of one region with the region once: `us-east-1a,b`. */
function zonesText(zones: readonly string[]): string {
  const [first = "", ...others] = [...zones].sort();
  return [first, ...others.map((zone) => (zone.slice(0, -1) === first.slice(0, -1) ? zone.slice(-1) : zone))].join(",");
}
