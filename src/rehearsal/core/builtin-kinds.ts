import { builtinSchema } from "../schema/builtin-types.ts";
import type { Kind } from "./kinds.ts";
import { leftOutKinds } from "./left-out-kinds.ts";

function define(apiVersion: string, kind: string, plural: string, traits: Partial<Kind>): Kind {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const defaults = { shortNames: [], namespaced: false, status: false, generation: false, custom: false, fields: [] };
  const made = { apiVersion, kind, plural, group: group ?? "", version: version ?? "", ...defaults, ...traits };
  // Only what is looked at is worth expanding
  return Object.defineProperty<Kind>(made, "schema", { get: () => builtinSchema(apiVersion, kind), enumerable: true });
}

const namespaced = true;
const status = true;
const generation = true;
const scale = {
  specReplicasPath: ".spec.replicas",
  statusReplicasPath: ".status.replicas",
  labelSelectorPath: ".spec.selector",
};

const podFields = [
  "spec.nodeName",
  "spec.restartPolicy",
  "spec.schedulerName",
  "spec.serviceAccountName",
  "status.phase",
];
const involved = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];
const eventFields = [...involved.map((field) => `involvedObject.${field}`), "reason", "type", "reportingComponent"];

/** Every kind that is served from the start. A kind more is a line here, and rules in `rules.ts` where it has any. */
export const builtinKinds: readonly Kind[] = [
  define("v1", "Namespace", "namespaces", { shortNames: ["ns"], status, fields: ["status.phase"] }),
  define("v1", "Node", "nodes", { shortNames: ["no"], status, fields: ["spec.unschedulable"] }),
  define("v1", "Pod", "pods", {
    shortNames: ["po"],
    categories: ["all"],
    namespaced,
    status,
    generation,
    fields: podFields,
  }),
  define("v1", "Event", "events", { shortNames: ["ev"], namespaced, fields: eventFields }),
  define("v1", "ConfigMap", "configmaps", { shortNames: ["cm"], namespaced }),
  define("v1", "Secret", "secrets", { namespaced, fields: ["type"] }),
  define("v1", "ServiceAccount", "serviceaccounts", { shortNames: ["sa"], namespaced }),
  define("batch/v1", "Job", "jobs", {
    categories: ["all"],
    namespaced,
    status,
    generation,
    fields: ["status.successful"],
  }),
  define("coordination.k8s.io/v1", "Lease", "leases", { namespaced }),
  define("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", { shortNames: ["pc"], generation }),
  define("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", {
    shortNames: ["pdb"],
    namespaced,
    status,
    generation,
  }),
  define("apps/v1", "Deployment", "deployments", {
    ...{ shortNames: ["deploy"], categories: ["all"], namespaced, status, generation, scale },
  }),
  define("apps/v1", "ReplicaSet", "replicasets", {
    ...{ shortNames: ["rs"], categories: ["all"], namespaced, status, generation, scale },
    fields: ["status.replicas"],
  }),
  define("rbac.authorization.k8s.io/v1", "Role", "roles", { namespaced }),
  define("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", { namespaced }),
  define("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", {}),
  define("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", {}),
  define("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", {
    shortNames: ["crd", "crds"],
    status,
    generation,
  }),
  ...leftOutKinds.map(({ apiVersion, kind, plural, ...traits }) => define(apiVersion, kind, plural, traits)),
];
