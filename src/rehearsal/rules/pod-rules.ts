import type { AnyObject } from "../../cluster/objects.ts";
import type { CoreContext } from "../core/context.ts";
import { arrayOr, equal, type JsonObject, objectIn, objectOr, without } from "../core/json.ts";
import { forbidden, type Problem, problem } from "../core/status-errors.ts";
import { defaultPod, defaultPodSpec, qosClass } from "./pod-defaults.ts";
import { podSpec } from "./pod-spec.ts";

const mutableText =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** What a pod is told that waits for its gates. */
const gated = {
  conditions: [
    {
      type: "PodScheduled",
      status: "False",
      reason: "SchedulingGated",
      message: "Scheduling is blocked due to non-empty scheduling gates",
      lastProbeTime: null,
      lastTransitionTime: null,
    },
  ],
};

export const podRules = {
  prepare(pod: AnyObject, context: CoreContext, old?: AnyObject): void {
    const spec = objectIn(pod, "spec");
    defaultPodSpec(spec);
    if (old !== undefined) return;
    defaultPod(spec);
    setPriority(context, pod, spec);
    pod["status"] = {
      phase: "Pending",
      ...(arrayOr(spec["schedulingGates"]).length > 0 && gated),
      qosClass: qosClass(spec),
    };
  },

  check({ spec }: AnyObject, old?: AnyObject): readonly Problem[] {
    // A spec that did not change is right still
    if (old !== undefined && equal(spec, old["spec"])) return [];
    const problems = podSpec(spec, "spec", {}, {});
    if (problems.length > 0 || old === undefined) return problems;
    return checkChange(objectOr(old["spec"]), objectOr(spec));
  },

  warnings: ({ spec }: AnyObject): string[] => probeWarnings(objectOr(spec), "spec"),
};

/** Probes are kept but nothing runs them. */
export function probeWarnings(spec: JsonObject, path: string): string[] {
  return ["initContainers", "containers"].flatMap((list) =>
    arrayOr(spec[list]).flatMap((container, index) =>
      ["livenessProbe", "readinessProbe", "startupProbe"]
        .filter((probe) => container[probe] !== undefined)
        .map((probe) => `${path}.${list}[${index}].${probe}: the rehearsal runs no probes; it counts as passed`),
    ),
  );
}

/** As the Priority admission plugin: by class, by the default class, or 0; a number of the pod's own has to agree. */
function setPriority(context: CoreContext, pod: AnyObject, spec: JsonObject): void {
  const found = priorityClass(context, pod, spec["priorityClassName"]);
  const { value = 0, preemptionPolicy = "PreemptLowerPriority" } = objectOr(found);
  const given = { priority: spec["priority"] ?? value, preemptionPolicy: spec["preemptionPolicy"] ?? preemptionPolicy };
  const refuse = (what: string, computed: unknown) => {
    const why = `${what} must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`;
    return forbidden(context.kinds.of(pod), pod.metadata.name ?? "", why);
  };
  if (given.priority !== value) throw refuse(`the integer value of priority (${given.priority})`, value);
  if (given.preemptionPolicy !== preemptionPolicy)
    throw refuse(`the string value of PreemptionPolicy (${given.preemptionPolicy})`, preemptionPolicy);
  Object.assign(spec, given, found && { priorityClassName: found.metadata.name });
}

function priorityClass(context: CoreContext, pod: AnyObject, name: unknown): AnyObject | undefined {
  const kind = context.kinds.of({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass" });
  if (typeof name !== "string" || name === "") {
    const defaults = context.store.list(kind, undefined).filter((one) => one["globalDefault"] === true);
    return defaults.sort((a, b) => Number(a["value"]) - Number(b["value"]))[0];
  }
  const found = context.store.get(kind, name);
  if (found !== undefined) return found;
  throw forbidden(context.kinds.of(pod), pod.metadata.name ?? "", `no PriorityClass with name ${name} was found`);
}

function checkChange(old: JsonObject, next: JsonObject): Problem[] {
  const resized = ["containers", "initContainers"].filter(
    (list) => arrayOr(old[list]).length !== arrayOr(next[list]).length,
  );
  if (resized.length > 0)
    return resized.map((list) => problem.forbidden(`spec.${list}`, "pod updates may not add or remove containers"));
  const { activeDeadlineSeconds: before } = old;
  const { activeDeadlineSeconds: after } = next;
  if (before !== undefined && !(Number(after) <= Number(before)))
    return after === undefined
      ? [problem.invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value")]
      : [problem.invalid("spec.activeDeadlineSeconds", after, "must be less than or equal to previous value")];
  return isPermitted(old, next) ? [] : [problem.forbidden("spec", mutableText)];
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
  const rest = without(spec, "activeDeadlineSeconds", "tolerations", "schedulingGates");
  return { ...rest, containers: withoutImages(containers), initContainers: withoutImages(initContainers) };
}
