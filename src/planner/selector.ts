import { matches, requirementsOf } from "./requirements.ts";
import type { LabelSelector, Labels, PodAffinityTerm } from "./types.ts";

/** Whether labels satisfy a selector (k8s.io/apimachinery, LabelSelectorAsSelector). */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  for (const key in matchLabels) if (labels[key] !== matchLabels[key]) return false;
  for (const [key, set] of requirementsOf(matchExpressions)) if (!matches(set, labels[key])) return false;
  return true;
}

/** The namespaces whose pods a term of a pod in `own` is about (Karpenter's topology.go, buildNamespaceList). */
export function namespacesOf(
  { namespaces = [], namespaceSelector }: PodAffinityTerm,
  own: string,
  known: Readonly<Record<string, Labels>>,
): readonly string[] {
  if (namespaceSelector === undefined) return namespaces.length > 0 ? namespaces : [own];
  const selected = Object.keys(known).filter((name) => selects(namespaceSelector, known[name] ?? {}));
  return [...new Set([...namespaces, ...selected])].sort();
}

/** `namespace/name` without its name. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf("/")));
}
