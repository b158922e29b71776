import { all, atLeast, between, type Check, fields, items, labelMap, mostInt, named, oneOf, unique } from "./checks.ts";
import { container } from "./container-rules.ts";
import { arrayOr, objectOr } from "./json.ts";
import { affinity, toleration, topologySpreadConstraints } from "./placement-rules.ts";
import { problem } from "./status-errors.ts";
import { volume } from "./volume-rules.ts";

const some: Check = (list, path) => (arrayOr(list).length === 0 ? [problem.required(path)] : []);
const unlikeContainers: Check = (name, path, _, { containers }) =>
  name && arrayOr(containers).some((one) => one["name"] === name) ? [problem.duplicate(path, name)] : [];
const user = between(0, mostInt);

const specFields = fields({
  volumes: all(items(volume), unique("name")),
  containers: all(some, items(container), unique("name")),
  initContainers: all(
    items(container),
    unique("name"),
    items(fields({ name: unlikeContainers, restartPolicy: oneOf("Always", "Never", "OnFailure") })),
  ),
  restartPolicy: oneOf("Always", "OnFailure", "Never"),
  dnsPolicy: oneOf("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
  terminationGracePeriodSeconds: atLeast(0),
  nodeSelector: labelMap,
  securityContext: fields({ runAsUser: user, runAsGroup: user, fsGroup: user }),
  affinity,
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
