import { atLeast, between, each, mostInt, oneOf, unique } from "./checks.ts";
import { checkContainer } from "./container-rules.ts";
import { arrayOr, type JsonObject, objectOr } from "./json.ts";
import { checkLabels, checkName } from "./metadata.ts";
import { checkPlacement, checkToleration } from "./placement-rules.ts";
import { type Problem, problem } from "./status-errors.ts";
import { checkVolume } from "./volume-rules.ts";

const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

/** All that is wrong with a pod spec at `path`, as k8s.io/kubernetes/pkg/apis/core/validation words it. */
export function checkPodSpec(spec: JsonObject, path: string): Problem[] {
  return [
    ...each(spec["volumes"], `${path}.volumes`, checkVolume),
    ...unique(spec["volumes"], `${path}.volumes`),
    ...checkContainers(spec, path),
    ...oneOf(spec["restartPolicy"], `${path}.restartPolicy`, ["Always", "OnFailure", "Never"]),
    ...oneOf(spec["dnsPolicy"], `${path}.dnsPolicy`, dnsPolicies),
    ...atLeast(spec["terminationGracePeriodSeconds"], `${path}.terminationGracePeriodSeconds`, 0),
    ...checkLabels(`${path}.nodeSelector`, objectOr(spec["nodeSelector"])),
    ...["runAsUser", "runAsGroup", "fsGroup"].flatMap((field) =>
      between(objectOr(spec["securityContext"])[field], `${path}.securityContext.${field}`, 0, mostInt),
    ),
    ...checkPlacement(spec, path),
    ...checkNames(spec, path),
    ...between(spec["activeDeadlineSeconds"], `${path}.activeDeadlineSeconds`, 1, mostInt),
    ...each(spec["tolerations"], `${path}.tolerations`, checkToleration),
    ...oneOf(spec["preemptionPolicy"], `${path}.preemptionPolicy`, ["PreemptLowerPriority", "Never"]),
  ];
}

function checkContainers(spec: JsonObject, path: string): Problem[] {
  const volumes = new Set(arrayOr(spec["volumes"]).map(({ name }) => name));
  const check = (field: string) => each(spec[field], `${path}.${field}`, (one, at) => checkContainer(one, at, volumes));
  const names = new Set(arrayOr(spec["containers"]).map(({ name }) => name));
  return [
    ...(arrayOr(spec["containers"]).length === 0 ? [problem.required(`${path}.containers`)] : []),
    ...check("containers"),
    ...unique(spec["containers"], `${path}.containers`),
    ...check("initContainers"),
    ...unique(spec["initContainers"], `${path}.initContainers`),
    ...each(spec["initContainers"], `${path}.initContainers`, ({ name, restartPolicy }, field) => [
      ...(name && names.has(name) ? [problem.duplicate(`${field}.name`, name)] : []),
      ...oneOf(restartPolicy, `${field}.restartPolicy`, ["Always", "Never", "OnFailure"]),
    ]),
  ];
}

const names = {
  serviceAccountName: "subdomain",
  nodeName: "subdomain",
  hostname: "label",
  subdomain: "label",
} as const;

function checkNames(spec: JsonObject, path: string): Problem[] {
  const all = Object.entries({ ...names, priorityClassName: "subdomain", runtimeClassName: "subdomain" } as const);
  return all.flatMap(([field, shape]) =>
    spec[field] ? checkName(`${path}.${field}`, String(spec[field]), shape) : [],
  );
}
