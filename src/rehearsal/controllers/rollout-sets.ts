import type { Deployment, ReplicaSet } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { hash } from "../core/events.ts";
import { equal } from "../core/json.ts";
import { controlledBy, isDeleting, kindRef, nameOf, namespaceOf, refOf } from "../core/refs.ts";
import { controllerManager } from "./deps.ts";
import type { PodTemplate } from "./pods.ts";
import {
  bounds,
  historyKey,
  isRecreated,
  type Rollout,
  revisionKey,
  sizeAnnotations,
  sum,
  wantedOf,
} from "./rollout.ts";

const options = { fieldManager: controllerManager };
const hashLabel = "pod-template-hash";
/** Annotations of a Deployment that its ReplicaSets do not take over. */
const own = ["kubectl.kubernetes.io/last-applied-configuration", revisionKey, historyKey];

/** Sorts a Deployment's ReplicaSets. */
export function rolloutOf(deployment: Deployment, sets: readonly ReplicaSet[]): Rollout {
  const created = ({ metadata }: ReplicaSet) => metadata.creationTimestamp ?? "";
  const byAge = [...sets].sort((a, b) => (created(a) < created(b) ? -1 : 1));
  const template = bareTemplate(deployment);
  const hash = hashOf(template);
  const fresh = byAge.find((set) => set.metadata.labels?.[hashLabel] === hash || equal(bareTemplate(set), template));
  return { deployment, fresh, old: byAge.filter((set) => set !== fresh) };
}

/** Makes the ReplicaSet of the Deployment's template, or gives the one there is the latest revision. */
export function ensureFresh(core: Core, { deployment, fresh: found, old }: Rollout): ReplicaSet {
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const fresh =
    found === undefined ? create(core, deployment, old, revision) : renew(core, deployment, found, revision);
  const annotations = { [revisionKey]: String(revisionOf(fresh)) };
  core.patch(refOf(deployment), { metadata: { annotations } }, options);
  return fresh;
}

function create(core: Core, deployment: Deployment, old: readonly ReplicaSet[], revision: number): ReplicaSet {
  const { template, selector, minReadySeconds = 0 } = deployment.spec ?? {};
  const label = { [hashLabel]: hashOf(bareTemplate(deployment)) };
  const { metadata = {}, spec } = template as PodTemplate;
  const labels = { ...metadata.labels, ...label };
  const wanted = wantedOf(deployment);
  const room = isRecreated(deployment) ? wanted : wanted + bounds(deployment).surge - sum(old, wantedOf);
  const set = {
    ...kindRef("ReplicaSet"),
    metadata: {
      name: `${nameOf(deployment)}-${label[hashLabel]}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: { ...inherited(deployment), ...sizeAnnotations(deployment), [revisionKey]: String(revision) },
      ownerReferences: [controlledBy(deployment)],
    },
    spec: {
      replicas: Math.max(0, Math.min(wanted, room)),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, ...label } },
      template: { metadata: { ...metadata, labels }, spec },
      minReadySeconds,
    },
  };
  return core.create(set as ReplicaSet, options);
}

/** A template that is taken back gets a new revision; its earlier ones are kept as history. */
function renew(core: Core, deployment: Deployment, set: ReplicaSet, revision: number): ReplicaSet {
  const before = revisionOf(set);
  const history = [set.metadata.annotations?.[historyKey], before].filter(Boolean).join(",");
  const renewed =
    revision > before ? { [revisionKey]: String(revision), ...(before > 0 && { [historyKey]: history }) } : {};
  const annotations = { ...inherited(deployment), ...renewed };
  const spec = { minReadySeconds: deployment.spec?.minReadySeconds ?? 0 };
  return core.patch<ReplicaSet>(refOf(set), { metadata: { annotations }, spec }, options);
}

/** Deletes what is beyond the history limit of the ReplicaSets that are scaled down, the oldest revisions first. */
export function removeHistory(core: Core, { deployment, old }: Rollout): void {
  const kept = deployment.spec?.revisionHistoryLimit ?? 10;
  const byRevision = old.filter((set) => !isDeleting(set)).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of byRevision.slice(0, Math.max(0, byRevision.length - kept))) {
    const isSeen = (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
    if (isSeen && wantedOf(set) === 0 && (set.status?.replicas ?? 0) === 0) core.delete(refOf(set));
  }
}

function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[revisionKey] ?? 0);
}

function inherited({ metadata }: Deployment): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !own.includes(key)));
}

function bareTemplate({ spec }: Deployment | ReplicaSet): object {
  const { metadata = {}, spec: podSpec } = (spec?.template ?? {}) as PodTemplate;
  const { [hashLabel]: _, ...labels } = metadata.labels ?? {};
  return { metadata: { ...metadata, labels }, spec: podSpec };
}

const letters = "bcdfghjklmnpqrst";

/** A name for a template, in letters that Kubernetes takes; not the same as Kubernetes would give it. */
function hashOf(template: object): string {
  const digits = hash(sortedText(template)).slice(0, 10);
  return [...digits].map((digit) => letters[Number.parseInt(digit, 16)]).join("");
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
