import type { AnyObject, Pod } from "../../cluster/objects.ts";
import { arrayOr, at, type JsonObject, objectOr } from "../core/json.ts";
import { selectorText } from "../core/selector-text.ts";
import { ageOf, humanDuration } from "./human-duration.ts";
import { podText } from "./pod-text.ts";

/** A column of `kubectl get`: its definition, and how an object's cell comes about. */
export interface PrintedColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  /** 1: with `-o wide` only. */
  readonly priority?: number;
  readonly description?: string;
  readonly cell: (object: AnyObject, nowMs: number) => unknown;
}

/** A path such as `status.phase`, with what is shown where nothing is there, or a function. */
type From = string | readonly [path: string, absent: unknown] | PrintedColumn["cell"];

function column(name: string, from: From, type = "string", priority = 0): PrintedColumn {
  if (typeof from === "function") return { name, type, priority, cell: from };
  const [path, absent] = typeof from === "string" ? [from, ""] : from;
  return { name, type, priority, cell: (object) => at(object, path) ?? absent };
}

const wide = (name: string, from: From) => column(name, from, "string", 1);
const count = (name: string, path: string) => column(name, [path, 0], "integer");

const age = column("Age", ({ metadata }, nowMs) => ageOf(metadata.creationTimestamp, nowMs));
const createdAt = column("Created At", "metadata.creationTimestamp", "date");

const ofContainers = (field: string) => (object: AnyObject) =>
  arrayOr(at(object, "spec.template.spec.containers"))
    .map((container) => container[field])
    .join(",");
const template: PrintedColumn[] = [
  wide("Containers", ofContainers("name")),
  wide("Images", ofContainers("image")),
  wide("Selector", (object) => selectorText(at(object, "spec.selector"))),
];

const dataOf = (object: AnyObject) =>
  Object.keys(objectOr(object["data"])).length + Object.keys(objectOr(object["binaryData"])).length;

const ofPod = (part: "ready" | "status" | "restarts") => (object: AnyObject, nowMs: number) =>
  podText(object as Pod, nowMs)[part];

/** The columns of built-in kinds after NAME, as Kubernetes' own printers have them. */
export const printers: Readonly<Record<string, readonly PrintedColumn[]>> = {
  "v1/Pod": [
    column("Ready", ofPod("ready")),
    column("Status", ofPod("status")),
    column("Restarts", ofPod("restarts")),
    age,
    wide("IP", ["status.podIP", "<none>"]),
    wide("Node", ["spec.nodeName", "<none>"]),
    wide("Nominated Node", ["status.nominatedNodeName", "<none>"]),
    wide("Readiness Gates", readinessGates),
  ],
  "v1/Node": [
    column("Status", nodeStatus),
    column("Roles", nodeRoles),
    age,
    column("Version", "status.nodeInfo.kubeletVersion"),
    wide("Internal-IP", (node) => address(node, "InternalIP")),
    wide("External-IP", (node) => address(node, "ExternalIP")),
    wide("OS-Image", ["status.nodeInfo.osImage", "<unknown>"]),
    wide("Kernel-Version", ["status.nodeInfo.kernelVersion", "<unknown>"]),
    wide("Container-Runtime", ["status.nodeInfo.containerRuntimeVersion", "<unknown>"]),
  ],
  "v1/Namespace": [column("Status", "status.phase"), age],
  "v1/Event": [
    column("Last Seen", (event, nowMs) =>
      ageOf(at(event, "series.lastObservedTime") ?? event["lastTimestamp"] ?? event["eventTime"], nowMs),
    ),
    column("Type", "type"),
    column("Reason", "reason"),
    column("Object", ({ involvedObject: { kind, name } = {} }: JsonObject & { involvedObject?: JsonObject }) =>
      [String(kind ?? "").toLowerCase(), name].filter(Boolean).join("/"),
    ),
    wide("Subobject", "involvedObject.fieldPath"),
    wide("Source", (event) =>
      [at(event, "source.component") ?? event["reportingComponent"], at(event, "source.host")]
        .filter(Boolean)
        .join(", "),
    ),
    column("Message", (event) => String(event["message"] ?? "").trim()),
    wide("First Seen", (event, nowMs) => ageOf(event["firstTimestamp"] ?? event["eventTime"], nowMs)),
    wide("Count", (event) => String(at(event, "series.count") ?? (event["count"] || 1))),
    wide("Name", "metadata.name"),
  ],
  "v1/ConfigMap": [column("Data", dataOf, "integer"), age],
  "v1/Secret": [column("Type", "type"), column("Data", dataOf, "integer"), age],
  "v1/ServiceAccount": [column("Secrets", (object) => arrayOr(object["secrets"]).length, "integer"), age],
  "batch/v1/Job": [
    column("Status", jobStatus),
    column("Completions", jobCompletions),
    column("Duration", jobDuration),
    age,
    ...template,
  ],
  "apps/v1/Deployment": [
    column("Ready", (object) => `${at(object, "status.readyReplicas") ?? 0}/${at(object, "spec.replicas") ?? 0}`),
    column("Up-to-date", ["status.updatedReplicas", 0], "integer"),
    count("Available", "status.availableReplicas"),
    age,
    ...template,
  ],
  "apps/v1/ReplicaSet": [
    count("Desired", "spec.replicas"),
    count("Current", "status.replicas"),
    count("Ready", "status.readyReplicas"),
    age,
    ...template,
  ],
  "policy/v1/PodDisruptionBudget": [
    column("Min Available", (object) => String(at(object, "spec.minAvailable") ?? "N/A")),
    column("Max Unavailable", (object) => String(at(object, "spec.maxUnavailable") ?? "N/A")),
    count("Allowed Disruptions", "status.disruptionsAllowed"),
    age,
  ],
  "coordination.k8s.io/v1/Lease": [column("Holder", "spec.holderIdentity"), age],
  "scheduling.k8s.io/v1/PriorityClass": [
    count("Value", "value"),
    column("Global-Default", ["globalDefault", false], "boolean"),
    age,
    column("PreemptionPolicy", "preemptionPolicy"),
  ],
  "apiextensions.k8s.io/v1/CustomResourceDefinition": [createdAt],
  "rbac.authorization.k8s.io/v1/Role": [createdAt],
  "rbac.authorization.k8s.io/v1/ClusterRole": [createdAt],
  "rbac.authorization.k8s.io/v1/RoleBinding": [column("Role", roleRef), age],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": [column("Role", roleRef), age],
};

/** For kinds that have no columns of their own. */
export const otherColumns: readonly PrintedColumn[] = [age];

function readinessGates(pod: AnyObject): string {
  const gates = arrayOr(at(pod, "spec.readinessGates"));
  const met = gates.filter(({ conditionType }) => conditionOf(pod, String(conditionType)) === "True");
  return gates.length === 0 ? "<none>" : `${met.length}/${gates.length}`;
}

function conditionOf(object: AnyObject, wanted: string): unknown {
  return arrayOr(at(object, "status.conditions")).find(({ type }) => type === wanted)?.["status"];
}

function nodeStatus(node: AnyObject): string {
  const ready = conditionOf(node, "Ready");
  const state = ready === undefined ? "Unknown" : ready === "True" ? "Ready" : "NotReady";
  return at(node, "spec.unschedulable") ? `${state},SchedulingDisabled` : state;
}

function nodeRoles({ metadata: { labels = {} } }: AnyObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(labels).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  return [...roles, labels["kubernetes.io/role"]].filter(Boolean).sort().join(",") || "<none>";
}

function address(node: AnyObject, wanted: string): unknown {
  return arrayOr(at(node, "status.addresses")).find(({ type }) => type === wanted)?.["address"] ?? "<none>";
}

function jobStatus(job: AnyObject): string {
  const reached = (type: string) => conditionOf(job, type) === "True";
  if (reached("Complete")) return "Complete";
  if (reached("Failed")) return "Failed";
  if (job.metadata.deletionTimestamp !== undefined) return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(reached) ?? "Running";
}

function jobCompletions(job: AnyObject): string {
  const succeeded = at(job, "status.succeeded") ?? 0;
  const [completions, parallelism] = [at(job, "spec.completions"), Number(at(job, "spec.parallelism") ?? 0)];
  if (completions !== undefined) return `${succeeded}/${completions}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: AnyObject, nowMs: number): string {
  const [start, end] = [at(job, "status.startTime"), at(job, "status.completionTime")];
  if (typeof start !== "string") return "";
  return humanDuration((typeof end === "string" ? Date.parse(end) : nowMs) - Date.parse(start));
}

function roleRef(binding: AnyObject): string {
  return `${at(binding, "roleRef.kind") ?? ""}/${at(binding, "roleRef.name") ?? ""}`;
}
