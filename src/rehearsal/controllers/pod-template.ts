import type { KubeObject, Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { nameOf, podKind } from "./refs.ts";

type Texts = Readonly<Record<string, string>>;

/** What a Job's or ReplicaSet's pods are made from. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
  readonly spec?: NonNullable<Pod["spec"]>;
}

export interface PodFacts {
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
  { prefix = nameOf(owner), labels, annotations, finalizers, change }: PodFacts = {},
): Pod {
  const { apiVersion, kind, metadata } = owner;
  const template = structuredClone(owner.spec?.template ?? {}) as PodTemplate;
  if (template.spec !== undefined) change?.(template.spec);
  const reference = { apiVersion, kind, name: nameOf(owner), uid: metadata.uid ?? "" };
  return core.create<Pod>(
    {
      ...podKind,
      metadata: {
        generateName: `${prefix.slice(0, longestPrefix)}-`,
        namespace: metadata.namespace ?? "default",
        labels: { ...template.metadata?.labels, ...labels },
        annotations: { ...template.metadata?.annotations, ...annotations },
        ...(finalizers && { finalizers }),
        ownerReferences: [{ ...reference, controller: true, blockOwnerDeletion: true }],
      },
      ...(template.spec !== undefined && { spec: template.spec }),
    },
    { fieldManager: "kube-controller-manager" },
  );
}
