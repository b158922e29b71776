import type { Pod } from "../../cluster/objects.ts";
import type {
  HostPort,
  LabelSelector,
  PlanPod,
  PodAffinityTerm,
  Requirement,
  SpreadConstraint,
} from "../../planner/types.ts";

type Constraints = Pick<PlanPod, "labels" | "preferredNodes" | "spread" | "affinity" | "antiAffinity" | "hostPorts">;

/** What of a pod is about its neighbours, its ports, and what it would rather have; absent where it says nothing. */
export function constraintsOf({ metadata, spec }: Pod): Constraints {
  const { nodeAffinity, podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const spread = (spec?.topologySpreadConstraints ?? []).map(
    ({ labelSelector = {}, ...constraint }) => ({ ...constraint, selector: labelSelector }) as SpreadConstraint,
  );
  const ports = (spec?.containers ?? []).flatMap(({ ports: own = [] }) => own.flatMap(hostPortOf));
  return {
    ...(metadata.labels && { labels: metadata.labels }),
    ...(preferred.length > 0 && {
      preferredNodes: preferred.map(({ weight, preference }) => ({
        weight,
        requirements: (preference.matchExpressions ?? []) as readonly Requirement[],
      })),
    }),
    ...(spread.length > 0 && { spread }),
    ...(podAffinity && { affinity: termsOf(podAffinity) }),
    ...(podAntiAffinity && { antiAffinity: termsOf(podAntiAffinity) }),
    ...(ports.length > 0 && { hostPorts: ports }),
  };
}

interface Term {
  readonly topologyKey: string;
  readonly labelSelector?: unknown;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: unknown;
}

function termsOf(affinity: {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly Term[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { weight: number; podAffinityTerm: Term }[];
}): readonly PodAffinityTerm[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required = [] } = affinity;
  const { preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } = affinity;
  return [
    ...required.map((term) => termOf(term)),
    ...preferred.map(({ weight, podAffinityTerm }) => termOf(podAffinityTerm, weight)),
  ];
}

function termOf({ topologyKey, labelSelector, namespaces, namespaceSelector }: Term, weight?: number): PodAffinityTerm {
  return {
    topologyKey,
    selector: (labelSelector ?? {}) as LabelSelector,
    namespaces,
    namespaceSelector: namespaceSelector as LabelSelector | undefined,
    weight,
  };
}

function hostPortOf({
  hostPort,
  hostIP,
  protocol,
}: {
  hostPort?: number;
  hostIP?: string;
  protocol?: string;
}): HostPort[] {
  return hostPort === undefined ? [] : [{ port: hostPort, ip: hostIP, protocol }];
}
