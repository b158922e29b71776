import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "./context.ts";
import { arrayOr, equal, type JsonObject, objectIn, objectOr, without } from "./json.ts";
import { admitPod, defaultPodSpec, qosClass } from "./pod-defaults.ts";
import { checkPodSpec, decodePodSpec } from "./pod-spec.ts";
import { forbidden, type Problem, problem } from "./status-errors.ts";

const mutableText =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

export const podRules = {
  prepare(pod: AnyObject, context: CoreContext, old?: AnyObject): void {
    const spec = objectIn(pod, "spec");
    decodePodSpec(spec, "Pod", "v1");
    defaultPodSpec(spec);
    if (old !== undefined) return;
    const { value = 0, preemptionPolicy = "PreemptLowerPriority" } = priorityClass(
      context,
      pod,
      spec["priorityClassName"],
    );
    admitPod(spec, Number(value), preemptionPolicy);
    pod["status"] = { phase: "Pending", qosClass: qosClass(spec) };
  },

  check(pod: AnyObject, old: AnyObject | undefined): Problem[] {
    const problems = checkPodSpec(objectOr(pod["spec"]), "spec");
    if (problems.length > 0 || old === undefined || pod["spec"] === old["spec"]) return problems;
    return isPermitted(objectOr(old["spec"]), objectOr(pod["spec"])) ? [] : [problem.forbidden("spec", mutableText)];
  },
};

function priorityClass(context: CoreContext, pod: AnyObject, name: unknown): JsonObject {
  if (typeof name !== "string" || name === "") return {};
  const found = context.store.get(
    context.kinds.of({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass" }),
    name,
  );
  if (found === undefined)
    throw forbidden(context.kinds.of(pod), pod.metadata.name ?? "", `no PriorityClass with name ${name} was found`);
  return found;
}

/** Only images, the deadline and further tolerations may change once a pod is there. */
function isPermitted(old: JsonObject, next: JsonObject): boolean {
  const kept = arrayOr(old["tolerations"]).every((one) =>
    arrayOr(next["tolerations"]).some((other) => equal(one, other)),
  );
  return kept && equal(fixedPart(old), fixedPart(next));
}

function fixedPart(spec: JsonObject): JsonObject {
  const withoutImages = (containers: unknown) => arrayOr(containers).map((container) => without(container, "image"));
  const { containers, initContainers } = spec;
  const rest = without(spec, "activeDeadlineSeconds", "tolerations");
  return { ...rest, containers: withoutImages(containers), initContainers: withoutImages(initContainers) };
}
