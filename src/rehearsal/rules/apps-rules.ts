import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "../core/context.ts";
import { isObject, objectIn, objectOr } from "../core/json.ts";
import { problem } from "../core/status-errors.ts";
import { all, atLeast, atMostAll, type Check, checkOf, fields, intOrPercent, must, unchanged } from "./checks.ts";
import { setDefaults } from "./pod-defaults.ts";
import { defaultTemplate, template, templateWarnings, workloadSelector } from "./template-rules.ts";

/** What stays is restarted, and has no deadline. */
const lasting: Check = (pod, path) => {
  const { restartPolicy, activeDeadlineSeconds } = objectOr(pod);
  const why = "activeDeadlineSeconds in ReplicaSet is not Supported";
  return [
    ...(restartPolicy === "Always" ? [] : [problem.unsupported(`${path}.restartPolicy`, restartPolicy, ["Always"])]),
    ...(activeDeadlineSeconds === undefined ? [] : [problem.forbidden(`${path}.activeDeadlineSeconds`, why)]),
  ];
};

const workload = {
  replicas: atLeast(0),
  minReadySeconds: atLeast(0),
  selector: all(
    must((selector) => Object.keys(objectOr(selector)).length > 0, "empty selector is invalid for deployment"),
    workloadSelector,
  ),
  template: all(template, fields({ spec: lasting })),
};

const isZero = (value: unknown) => Number.parseInt(String(value), 10) === 0;
const rollingUpdate = fields({
  maxUnavailable: all(
    intOrPercent,
    must((value, { maxSurge }) => !isZero(value) || !isZero(maxSurge), "may not be 0 when `maxSurge` is 0"),
    atMostAll,
  ),
  maxSurge: intOrPercent,
});

const strategy: Check = (value, path, ...around) => {
  const { type, rollingUpdate: rolling } = objectOr(value);
  const why = "may not be specified when strategy `type` is 'Recreate'";
  if (type === "Recreate") return isObject(rolling) ? [problem.forbidden(`${path}.rollingUpdate`, why)] : [];
  return type === "RollingUpdate"
    ? rollingUpdate(rolling, `${path}.rollingUpdate`, ...around)
    : [problem.unsupported(`${path}.type`, type, ["Recreate", "RollingUpdate"])];
};

const deploymentSpec = fields({
  ...workload,
  strategy,
  revisionHistoryLimit: atLeast(0),
  progressDeadlineSeconds: all(
    atLeast(0),
    must(
      (deadline, { minReadySeconds = 0 }) => Number(deadline) > Number(minReadySeconds),
      "must be greater than minReadySeconds",
    ),
  ),
});

/** As k8s.io/kubernetes/pkg/apis/apps defaults and validates them (1.35). */
export const deploymentRules = {
  prepare(deployment: AnyObject, _: CoreContext, old?: AnyObject): void {
    const spec = objectIn(deployment, "spec");
    defaultTemplate(spec);
    const how = objectIn(spec, "strategy");
    if (how["type"] === "RollingUpdate")
      setDefaults(objectIn(how, "rollingUpdate"), { maxUnavailable: "25%", maxSurge: "25%" });
    if (old === undefined) deployment["status"] = {};
  },
  check: checkOf({ spec: deploymentSpec }),
  change: ({ spec }: AnyObject, old: AnyObject) => unchanged(old["spec"], spec, ["selector"]),
  warnings: templateWarnings,
};

export const replicaSetRules = {
  prepare(set: AnyObject, _: CoreContext, old?: AnyObject): void {
    defaultTemplate(objectIn(set, "spec"));
    if (old === undefined) set["status"] = { replicas: 0 };
  },
  check: checkOf({ spec: fields(workload) }),
  change: deploymentRules.change,
  warnings: templateWarnings,
};
