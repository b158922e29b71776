import type { AnyObject } from "../../cluster/objects.ts";
import { atLeast, atMostAll, intOrPercent, unchanged } from "./checks.ts";
import type { CoreContext } from "./context.ts";
import { at, equal, isObject, type JsonObject, objectIn, objectOr } from "./json.ts";
import { setDefaults } from "./pod-defaults.ts";
import { probeWarnings } from "./pod-rules.ts";
import { type Problem, problem } from "./status-errors.ts";
import { checkSelected, checkTemplate, checkWorkloadSelector, defaultTemplate } from "./template-rules.ts";

const emptySelector = "empty selector is invalid for deployment";

/** As k8s.io/kubernetes/pkg/apis/apps defaults and validates them (1.35). */
export const deploymentRules = {
  prepare(deployment: AnyObject, _: CoreContext, old?: AnyObject): void {
    const spec = objectIn(deployment, "spec");
    defaultTemplate(spec);
    setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = objectIn(spec, "strategy");
    setDefaults(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate")
      setDefaults(objectIn(strategy, "rollingUpdate"), { maxUnavailable: "25%", maxSurge: "25%" });
    if (old === undefined) deployment["status"] = {};
  },
  check: (deployment: AnyObject, old: AnyObject | undefined) => {
    const spec = objectOr(deployment["spec"]);
    const { progressDeadlineSeconds, minReadySeconds = 0 } = spec;
    return [
      ...checkWorkload(spec),
      ...checkStrategy(objectOr(spec["strategy"])),
      ...atLeast(spec["revisionHistoryLimit"], "spec.revisionHistoryLimit", 0),
      ...atLeast(progressDeadlineSeconds, "spec.progressDeadlineSeconds", 0),
      ...(Number(progressDeadlineSeconds) <= Number(minReadySeconds)
        ? [
            problem.invalid(
              "spec.progressDeadlineSeconds",
              progressDeadlineSeconds,
              "must be greater than minReadySeconds",
            ),
          ]
        : []),
      ...(old === undefined ? [] : unchanged(old["spec"], spec, ["selector"], equal)),
    ];
  },
  warnings,
};

export const replicaSetRules = {
  prepare(set: AnyObject, _: CoreContext, old?: AnyObject): void {
    const spec = objectIn(set, "spec");
    defaultTemplate(spec);
    setDefaults(spec, { replicas: 1 });
    if (old === undefined) set["status"] = { replicas: 0 };
  },
  check: (set: AnyObject, old: AnyObject | undefined) => [
    ...checkWorkload(objectOr(set["spec"])),
    ...(old === undefined ? [] : unchanged(old["spec"], set["spec"], ["selector"], equal)),
  ],
  warnings,
};

function warnings({ spec }: AnyObject): string[] {
  return probeWarnings(objectOr(at(spec, "template.spec")), "spec.template.spec");
}

function checkWorkload(spec: JsonObject): Problem[] {
  const pod = objectOr(at(spec, "template.spec"));
  const path = "spec.template.spec";
  return [
    ...atLeast(spec["replicas"], "spec.replicas", 0),
    ...atLeast(spec["minReadySeconds"], "spec.minReadySeconds", 0),
    ...checkWorkloadSelector(spec["selector"], emptySelector),
    ...checkSelected(spec),
    ...checkTemplate(spec["template"], "spec.template"),
    ...(pod["restartPolicy"] === "Always"
      ? []
      : [problem.unsupported(`${path}.restartPolicy`, pod["restartPolicy"], ["Always"])]),
    ...(pod["activeDeadlineSeconds"] === undefined
      ? []
      : [problem.forbidden(`${path}.activeDeadlineSeconds`, "activeDeadlineSeconds in ReplicaSet is not Supported")]),
  ];
}

function checkStrategy({ type, rollingUpdate }: JsonObject): Problem[] {
  const field = "spec.strategy.rollingUpdate";
  if (type === "Recreate") {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return isObject(rollingUpdate) ? [problem.forbidden(field, why)] : [];
  }
  if (type !== "RollingUpdate") return [problem.unsupported("spec.strategy.type", type, ["Recreate", "RollingUpdate"])];
  const { maxUnavailable, maxSurge } = objectOr(rollingUpdate);
  const isZero = (value: unknown) => Number.parseInt(String(value), 10) === 0;
  return [
    ...intOrPercent(maxUnavailable, `${field}.maxUnavailable`),
    ...intOrPercent(maxSurge, `${field}.maxSurge`),
    ...(isZero(maxUnavailable) && isZero(maxSurge)
      ? [problem.invalid(`${field}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0")]
      : []),
    ...atMostAll(maxUnavailable, `${field}.maxUnavailable`),
  ];
}
