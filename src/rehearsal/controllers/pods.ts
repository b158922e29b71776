import { conditionOf, type KubeObject, type Pod } from "../../cluster/objects.ts";
import { holds } from "../core/conditions.ts";
import type { Core } from "../core/core.ts";
import { controlledBy, kindRef, nameOf, namespaceOf } from "../core/refs.ts";
import { controllerManager } from "./deps.ts";

type Texts = Readonly<Record<string, string>>;

/** What a Job's or ReplicaSet's pods are made from. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
  readonly spec?: NonNullable<Pod["spec"]>;
}

interface PodFacts {
  /** Of its name; default: the owner's name. */
  readonly prefix?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly finalizers?: string[];
  /** Changes the copy of the template's spec. */
  readonly change?: (spec: NonNullable<Pod["spec"]>) => void;
}

/** Kubernetes cuts the generated names of pods at 63 characters, 5 of them random. */
const longestPrefix = 57;

/** A pod from its owner's template, controlled by the owner. */
export function createPodOf(
  core: Core,
  owner: KubeObject & { readonly spec?: { readonly template?: unknown } },
  { prefix = nameOf(owner), labels, annotations, finalizers = [], change }: PodFacts = {},
): Pod {
  const { metadata = {}, spec } = structuredClone(owner.spec?.template ?? {}) as PodTemplate;
  if (spec !== undefined) change?.(spec);
  const pod = {
    ...kindRef("Pod"),
    metadata: {
      generateName: `${prefix.slice(0, longestPrefix)}-`,
      namespace: namespaceOf(owner),
      labels: { ...metadata.labels, ...labels },
      annotations: { ...metadata.annotations, ...annotations },
      finalizers,
      ownerReferences: [controlledBy(owner)],
    },
    spec,
  };
  return core.create(pod as Pod, { fieldManager: controllerManager });
}

/** What says how dear a pod is, the less dear first: as kube-controller-manager's ActivePodsWithRanks. */
const costs: ((pod: Pod) => number)[] = [
  (pod) => Number(Boolean(pod.spec?.nodeName)),
  ({ status }) => ["Pending", "Unknown", "Running"].indexOf(status?.phase ?? "Pending"),
  (pod) => Number(holds(pod, "Ready")),
  ({ metadata }) => Number(metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"] ?? 0),
  (pod) => -readySinceMs(pod),
  ({ status }) => -(status?.containerStatuses ?? []).reduce((most, one) => Math.max(most, one.restartCount), 0),
  ({ metadata }) => -Date.parse(metadata.creationTimestamp ?? ""),
];

/** The pods that a controller deletes when it has `count` too many; `more` breaks ties before age does. */
export function leastAdvanced(pods: readonly Pod[], count: number, more: (pod: Pod) => number = () => 0): Pod[] {
  if (count <= 0) return [];
  const order = [...costs.slice(0, 4), more, ...costs.slice(4)];
  const difference = (a: Pod, b: Pod) => order.map((cost) => cost(a) - cost(b)).find((one) => one !== 0);
  return [...pods].sort((a, b) => difference(a, b) ?? 0).slice(0, count);
}

/** When a pod last became ready or unready; 0 when it never was ready. */
export function readySinceMs(pod: Pod): number {
  return Date.parse(conditionOf(pod, "Ready")?.lastTransitionTime ?? "") || 0;
}
