import { arrayOr, objectOr } from "../core/json.ts";
import { checkKey } from "../core/metadata.ts";
import { problem } from "../core/status-errors.ts";
import { all, atLeast, between, type Check, fields, items, labelMap, mostInt, named, oneOf, unique } from "./checks.ts";
import { container } from "./container-rules.ts";
import { affinity, toleration, topologySpreadConstraints } from "./placement-rules.ts";
import { volume } from "./volume-rules.ts";

const some: Check = (list, path) => (arrayOr(list).length === 0 ? [problem.required(path)] : []);
const unlikeContainers: Check = (name, path, _, { containers }) =>
  name && arrayOr(containers).some((one) => one["name"] === name) ? [problem.duplicate(path, name)] : [];
/** A gate has a name of its own. */
const schedulingGates: Check = (gates, path) => {
  const names = arrayOr(gates).map(({ name }) => String(name));
  return names.flatMap((name, index) => [
    ...checkKey(`${path}[${index}]`, name),
    ...(names.indexOf(name) < index ? [problem.duplicate(`${path}[${index}]`, name)] : []),
  ]);
};

/** What serves containers that stay is refused for one that ends before the others start. */
const endless: Check = (value, path, { restartPolicy }) =>
  value === undefined || restartPolicy === "Always"
    ? []
    : [problem.forbidden(path, "may not be set for init containers without restartPolicy=Always")];

const ownPort: Check = (hostPort, path, { containerPort }) =>
  hostPort === undefined || hostPort === containerPort
    ? []
    : [problem.invalid(path, hostPort, "must match `containerPort` when `hostNetwork` is true")];
const ownPorts = items(fields({ ports: items(fields({ hostPort: ownPort })) }));
/** On the network of the node, a port is the node's port. */
const hostNetwork: Check = (value, path, { containers }) =>
  value === true ? ownPorts(containers, path.replace(/hostNetwork$/, "containers"), {}, {}) : [];

const user = between(0, mostInt);

const specFields = fields({
  volumes: all(items(volume), unique("name")),
  containers: all(some, items(container), unique("name")),
  initContainers: all(
    items(container),
    unique("name"),
    items(
      fields({
        ...{ name: unlikeContainers, restartPolicy: oneOf("Always", "Never", "OnFailure") },
        ...{ lifecycle: endless, livenessProbe: endless, readinessProbe: endless, startupProbe: endless },
      }),
    ),
  ),
  hostNetwork,
  restartPolicy: oneOf("Always", "OnFailure", "Never"),
  dnsPolicy: oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
  terminationGracePeriodSeconds: atLeast(0),
  nodeSelector: labelMap,
  securityContext: fields({ runAsUser: user, runAsGroup: user, fsGroup: user }),
  affinity,
  schedulingGates,
  topologySpreadConstraints,
  serviceAccountName: named("subdomain"),
  nodeName: named("subdomain"),
  hostname: named("label"),
  subdomain: named("label"),
  priorityClassName: named("subdomain"),
  runtimeClassName: named("subdomain"),
  activeDeadlineSeconds: between(1, mostInt),
  tolerations: items(toleration),
  preemptionPolicy: oneOf("PreemptLowerPriority", "Never"),
});

/** The spec of a pod or of a template, as k8s.io/kubernetes/pkg/apis/core/validation words what is wrong with it. */
export const podSpec: Check = (spec, path, of) => specFields(spec ?? {}, path, of, objectOr(spec));
