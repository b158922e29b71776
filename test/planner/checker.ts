import type { InstanceType } from "../../src/catalog/instance-type.ts";
import { instanceLabels } from "../../src/planner/instance-labels.ts";
import { allocatableOf, capacityOf } from "../../src/planner/resources.ts";
import type {
  LabelSelector,
  Labels,
  PlannedClaim,
  PlanPod,
  PodAffinityTerm,
  Provision,
  ProvisionInput,
  Requirement,
  Taint,
} from "../../src/planner/types.ts";

// Slow and plain: what Kubernetes documents about each constraint, checked on a finished plan, with nothing of the
// planner but its types, the labels of an instance type and its amounts.

const zoneKey = "topology.kubernetes.io/zone";
const hostKey = "kubernetes.io/hostname";

/** One way in which a place may turn out. */
type Outcome = Labels;

interface Place {
  readonly name: string;
  readonly taints: readonly Taint[];
  readonly outcomes: readonly Outcome[];
  readonly pods: readonly PlanPod[];
}

/** What is wrong with a plan, one sentence each; none when every placed pod satisfies every constraint of its own. */
export function violations(input: ProvisionInput, plan: Provision): string[] {
  const places = placesOf(input, plan);
  return [
    ...accounting(input, plan),
    ...places.flatMap((place) => placeProblems(place)),
    ...capacityProblems(input, plan),
    ...limitProblems(input, plan),
    ...places.flatMap((place) => place.pods.flatMap((pod) => neighbourProblems(pod, place, places))),
  ];
}

function accounting({ pods }: ProvisionInput, { placements, claims, unschedulable }: Provision): string[] {
  const seen = [...placements.map(({ pod }) => pod), ...claims.flatMap((claim) => claim.pods)];
  const all = [...seen, ...unschedulable.map(({ pod }) => pod)].sort().join();
  const wanted = pods.map(({ name }) => name).sort();
  return all === wanted.join() ? [] : ["a pod is lost, or there twice"];
}

function placesOf(input: ProvisionInput, { placements, claims }: Provision): Place[] {
  const byName = new Map(input.pods.map((pod) => [pod.name, pod]));
  const podsOf = (names: readonly string[]) => names.flatMap((name) => byName.get(name) ?? []);
  const nodes = input.nodes.map(({ name, taints, labels }) => {
    const pods = podsOf(placements.filter(({ node }) => node === name).map(({ pod }) => pod));
    return { name, taints, outcomes: [{ [hostKey]: name, ...labels }], pods };
  });
  const planned = claims.map((claim, index) => {
    const pool = input.pools.find(({ name }) => name === claim.pool);
    const outcomes = outcomesOf(input, claim, `claim-${index}`);
    return { name: `claim-${index}`, taints: pool?.taints ?? [], outcomes, pods: podsOf(claim.pods) };
  });
  return [...nodes, ...planned];
}

/** Every node that EC2 might give for a claim. */
function outcomesOf(input: ProvisionInput, claim: PlannedClaim, host: string): Outcome[] {
  const pool = input.pools.find(({ name }) => name === claim.pool);
  const custom = Object.fromEntries(
    claim.requirements.flatMap(({ key, operator, values = [] }) =>
      operator === "In" && values.length === 1 ? [[key, values[0] ?? ""]] : [],
    ),
  );
  const names = new Set(claim.instanceTypes.map(({ name }) => name));
  return input.offerings
    .filter((offering) => names.has(offering.instanceType.name) && !input.unavailable(offering))
    .map(({ instanceType, zone, region, capacityType }) => ({
      ...pool?.labels,
      ...custom,
      ...instanceLabels(instanceType),
      [zoneKey]: zone,
      "topology.kubernetes.io/region": region,
      "karpenter.sh/capacity-type": capacityType,
      "karpenter.sh/nodepool": claim.pool,
      [hostKey]: host,
    }))
    .filter((labels) => claim.requirements.every((requirement) => satisfies(requirement, labels)));
}

function satisfies({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  const [number, bound] = [Number(value), Number(values[0])];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && number > bound;
    case "Lt":
      return value !== undefined && number < bound;
    case "Gte":
      return value !== undefined && number >= bound;
    case "Lte":
      return value !== undefined && number <= bound;
  }
}

function placeProblems({ name, taints, outcomes, pods }: Place): string[] {
  const problems: string[] = [];
  if (pods.length > 0 && outcomes.length === 0) problems.push(`${name} can turn out in no way`);
  for (const pod of pods) {
    const fits = (labels: Labels) =>
      [...pod.alternatives].some((terms) =>
        [...terms, ...(pod.volumes ?? [])].every((requirement) => satisfies(requirement, labels)),
      );
    if (!outcomes.every(fits)) problems.push(`${pod.name} may not be on ${name}`);
    const isKept = taints.some(
      (taint) =>
        taint.effect !== "PreferNoSchedule" &&
        !pod.tolerations.some(
          ({ key, operator = "Equal", value = "", effect }) =>
            (!effect || effect === taint.effect) &&
            (operator === "Exists" ? !key || key === taint.key : key === taint.key && value === (taint.value ?? "")),
        ),
    );
    if (isKept) problems.push(`${pod.name} does not tolerate ${name}`);
    for (const other of pods) {
      if (other === pod) continue;
      for (const a of pod.hostPorts ?? [])
        for (const b of other.hostPorts ?? [])
          if (a.port === b.port && (a.protocol ?? "TCP") === (b.protocol ?? "TCP") && (!a.ip || !b.ip || a.ip === b.ip))
            problems.push(`${pod.name} and ${other.name} want one port`);
    }
  }
  return problems;
}

function capacityProblems(input: ProvisionInput, { placements, claims }: Provision): string[] {
  const requests = new Map(input.pods.map((pod) => [pod.name, { pods: 1, ...pod.requests } as Record<string, number>]));
  const isOver = (names: readonly string[], has: Record<string, number>, extra: Record<string, number>) => {
    const sum: Record<string, number> = { ...extra };
    for (const name of names)
      for (const [key, amount] of Object.entries(requests.get(name) ?? {})) sum[key] = (sum[key] ?? 0) + amount;
    return Object.entries(sum).some(([key, amount]) => amount > 0 && amount > (has[key] ?? 0));
  };
  const onNodes = input.nodes.filter(({ name, available }) =>
    isOver(
      placements.filter(({ node }) => node === name).map(({ pod }) => pod),
      available,
      {},
    ),
  );
  const onClaims = claims.filter(({ pods, instanceTypes, pool }) => {
    const storage = input.pools.find(({ name }) => name === pool)?.storage;
    return instanceTypes.some((type) => isOver(pods, allocatableOf(type, storage), input.daemonOverhead));
  });
  return [
    ...onNodes.map(({ name }) => `${name} is over-committed`),
    ...onClaims.map(({ pods }) => `the claim of ${pods.join()} is over-committed`),
  ];
}

function limitProblems(input: ProvisionInput, { claims }: Provision): string[] {
  return input.pools.flatMap(({ name, limits, used, storage }) => {
    const own = claims.filter(({ pool }) => pool === name);
    return Object.entries(limits)
      .filter(([key, limit]) => {
        const amount = (type: InstanceType) => capacityOf(type, storage)[key] ?? 0;
        const most = own.map(({ instanceTypes }) => (key === "nodes" ? 1 : Math.max(...instanceTypes.map(amount))));
        return own.length > 0 && (used[key] ?? 0) + most.reduce((sum, one) => sum + one, 0) > limit;
      })
      .map(([key]) => `pool ${name} is over its limit of ${key}`);
  });
}

function neighbourProblems(pod: PlanPod, place: Place, places: readonly Place[]): string[] {
  const problems: string[] = [];
  const required = (terms: readonly PodAffinityTerm[] = []) => terms.filter(({ weight }) => weight === undefined);
  for (const term of required(pod.antiAffinity)) {
    const near = matching(term.selector, pod, places).filter(
      (other) => other.pod !== pod && meets(place, other.place, term.topologyKey),
    );
    if (near.length > 0) problems.push(`${pod.name} is where ${near[0]?.pod.name} may be`);
  }
  for (const term of required(pod.affinity)) {
    const all = matching(term.selector, pod, places);
    const isAlone = all.every((other) => other.pod === pod) && all.length === 1;
    const values = new Set(place.outcomes.map((labels) => labels[term.topologyKey]));
    const others = all.filter((other) => other.pod !== pod);
    const isNear = [...values].every((value) =>
      others.some(
        (other) => other.place === place || other.place.outcomes.every((labels) => labels[term.topologyKey] === value),
      ),
    );
    if (!isAlone && !isNear) problems.push(`${pod.name} is not with its kind`);
  }
  for (const constraint of pod.spread ?? []) {
    if (constraint.whenUnsatisfiable !== "DoNotSchedule") continue;
    const counts = countsOf(constraint.topologyKey, constraint.selector, pod, places);
    const domains = place.outcomes.map((labels) => labels[constraint.topologyKey] ?? "");
    const least = constraint.topologyKey === hostKey ? 0 : leastOf(constraint.topologyKey, counts, pod, places);
    if (domains.some((domain) => (counts.get(domain) ?? 0) - least > constraint.maxSkew))
      problems.push(`${pod.name} is spread unevenly over ${constraint.topologyKey}`);
  }
  return problems;
}

function matching(selector: LabelSelector, { name }: PlanPod, places: readonly Place[]) {
  const namespace = name.split("/")[0];
  return places.flatMap((place) =>
    place.pods
      .filter((pod) => pod.name.split("/")[0] === namespace && isSelected(selector, pod.labels ?? {}))
      .map((pod) => ({ pod, place })),
  );
}

function isSelected({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  const isEqual = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return isEqual && matchExpressions.every((requirement) => satisfies(requirement, labels));
}

/** Whether two places may turn out in one domain. */
function meets(a: Place, b: Place, key: string): boolean {
  const values = new Set(a.outcomes.flatMap((labels) => labels[key] ?? []));
  return b.outcomes.some((labels) => labels[key] !== undefined && values.has(labels[key]));
}

function countsOf(key: string, selector: LabelSelector, pod: PlanPod, places: readonly Place[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { place } of matching(selector, pod, places)) {
    const domains = new Set(place.outcomes.map((labels) => labels[key] ?? ""));
    for (const domain of domains) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return counts;
}

/** The smallest count of the zones where the pod could be: those of the test's market that its selectors admit. */
function leastOf(key: string, counts: ReadonlyMap<string, number>, pod: PlanPod, _: readonly Place[]): number {
  const own = pod.alternatives.flat().filter((requirement) => requirement.key === key);
  const zones = ["us-east-1a", "us-east-1b"].filter((zone) =>
    own.every((requirement) => satisfies(requirement, { [key]: zone })),
  );
  return Math.min(...zones.map((zone) => counts.get(zone) ?? 0));
}
