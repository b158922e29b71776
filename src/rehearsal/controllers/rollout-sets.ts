import type { Deployment, ReplicaSet } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { equal } from "../core/json.ts";
import type { PodTemplate } from "./pod-template.ts";
import { isDeleting, nameOf, refOf, replicaSetKind } from "./refs.ts";
import { bounds, desiredKey, type Rollout, setsOf, sizeAnnotations, sum, wantedOf } from "./rollout.ts";

const fieldManager = "kube-controller-manager";
const hashLabel = "pod-template-hash";
const revisionKey = "deployment.kubernetes.io/revision";
const historyKey = "deployment.kubernetes.io/revision-history";
/** Annotations of a Deployment that its ReplicaSets do not take over. */
const own = ["kubectl.kubernetes.io/last-applied-configuration", revisionKey, historyKey];

/** Sorts a Deployment's ReplicaSets. */
export function rolloutOf(deployment: Deployment, sets: readonly ReplicaSet[]): Rollout {
  const created = ({ metadata }: ReplicaSet) => metadata.creationTimestamp ?? "";
  const byAge = [...sets].sort((a, b) => (created(a) < created(b) ? -1 : 1));
  const hash = hashOf(deployment);
  const fresh = byAge.find(
    (set) => set.metadata.labels?.[hashLabel] === hash || equal(bareTemplate(set), bareTemplate(deployment)),
  );
  return { deployment, fresh, old: byAge.filter((set) => set !== fresh) };
}

/** Makes the ReplicaSet of the Deployment's template, or gives the one there is the latest revision. */
export function ensureFresh(core: Core, rollout: Rollout): { readonly rollout: Rollout; readonly isMade: boolean } {
  const { deployment, fresh: found, old } = rollout;
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const made = found ?? create(core, rollout, revision);
  const fresh = found === undefined ? made : renew(core, deployment, found, revision);
  const annotations = { [revisionKey]: String(revisionOf(fresh)) };
  core.patch(refOf(deployment), { metadata: { annotations } }, { fieldManager });
  return { rollout: { deployment, fresh, old }, isMade: found === undefined };
}

function create(core: Core, { deployment, old }: Rollout, revision: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec ?? {};
  const { namespace, uid = "" } = deployment.metadata;
  const label = { [hashLabel]: hashOf(deployment) };
  const { metadata = {}, spec } = template as PodTemplate;
  const total = wantedOf(deployment) + bounds(deployment).surge - sum(old, wantedOf);
  const isRecreated = deployment.spec?.strategy?.type === "Recreate";
  return core.create<ReplicaSet>(
    {
      ...replicaSetKind,
      metadata: {
        name: `${nameOf(deployment)}-${label[hashLabel]}`,
        ...(namespace !== undefined && { namespace }),
        labels: { ...metadata.labels, ...label },
        annotations: { ...inherited(deployment), ...sizeAnnotations(deployment), [revisionKey]: String(revision) },
        ownerReferences: [
          {
            apiVersion: deployment.apiVersion,
            kind: deployment.kind,
            name: nameOf(deployment),
            uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        replicas: isRecreated ? wantedOf(deployment) : Math.max(0, Math.min(wantedOf(deployment), total)),
        selector: { ...selector, matchLabels: { ...selector?.matchLabels, ...label } },
        template: { metadata: { ...metadata, labels: { ...metadata.labels, ...label } }, ...(spec && { spec }) },
        ...(minReadySeconds !== undefined && { minReadySeconds }),
      },
    } as ReplicaSet,
    { fieldManager },
  );
}

/** A template that is taken back gets a new revision; its earlier ones are kept as history. */
function renew(core: Core, deployment: Deployment, set: ReplicaSet, revision: number): ReplicaSet {
  const before = revisionOf(set);
  const { minReadySeconds = 0 } = deployment.spec ?? {};
  const history = [set.metadata.annotations?.[historyKey], before].filter(Boolean).join(",");
  const renewed =
    revision > before ? { [revisionKey]: String(revision), ...(before > 0 && { [historyKey]: history }) } : {};
  const patch = { metadata: { annotations: { ...inherited(deployment), ...renewed } }, spec: { minReadySeconds } };
  return core.patch<ReplicaSet>(refOf(set), patch, { fieldManager });
}

/** Deletes what is beyond the history limit of the ReplicaSets that are scaled down, the oldest revisions first. */
export function removeHistory(core: Core, rollout: Rollout): void {
  const { revisionHistoryLimit = 10 } = rollout.deployment.spec ?? {};
  const old = [...rollout.old].filter((set) => !isDeleting(set)).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of old.slice(0, Math.max(0, old.length - revisionHistoryLimit))) {
    const isSeen = (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
    if (isSeen && wantedOf(set) === 0 && (set.status?.replicas ?? 0) === 0) core.delete(refOf(set));
  }
}

/** Whether the Deployment's size changed since its ReplicaSets last heard of it. */
export function isRescaled(rollout: Rollout): boolean {
  const wanted = String(wantedOf(rollout.deployment));
  if (rollout.deployment.spec?.strategy?.type === "Recreate") return false;
  return setsOf(rollout).some(
    ({ metadata, spec }) => (spec?.replicas ?? 1) > 0 && (metadata.annotations?.[desiredKey] ?? wanted) !== wanted,
  );
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

const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** A name for a template, in the letters that Kubernetes takes; not the same as Kubernetes would give it. */
function hashOf(deployment: Deployment): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(sortedText(bareTemplate(deployment)))) {
    value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  }
  return [...String(value)].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join("");
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
