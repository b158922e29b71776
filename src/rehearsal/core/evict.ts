import { ApiError, type DeleteOptions, type ObjectRef } from "../../cluster/api.ts";
import type { Pod, PodDisruptionBudget } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import { holds, writeConditions } from "./conditions.ts";
import type { Core } from "./core.ts";
import { budgetsOf, isDeleting, nameOf, refOf } from "./refs.ts";

type Options = DeleteOptions & { readonly dryRun?: boolean };

/**
 * The eviction subresource: takes one from the pod's disruption budget, says in the pod's conditions why it goes, then
 * deletes it with its grace period. Fails with 429 while the budget allows no disruption. As the API server's
 * eviction REST does it, except for more than one budget, where that gives a 500 too.
 */
export function evict(core: Core, clock: Clock, ref: ObjectRef, options: Options = {}): void {
  const pod = core.read<Pod>(ref);
  const isOver = ["Succeeded", "Failed", "Pending"].includes(pod.status?.phase ?? "");
  if (!isOver && !isDeleting(pod)) spendBudget(core, clock, pod, options);
  if (!options.dryRun) writeConditions({ core, clock }, pod, [evicted], { fieldManager: "kube-apiserver" });
  core.delete(ref, options);
}

const evicted = {
  type: "DisruptionTarget",
  status: "True",
  reason: "EvictionByEvictionAPI",
  message: "Eviction API: evicting",
} as const;

function spendBudget(core: Core, clock: Clock, pod: Pod, { dryRun = false }: Options): void {
  const [budget, ...more] = budgetsOf(core, pod);
  if (budget === undefined) return;
  if (more.length > 0) {
    const why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    throw new ApiError(500, "InternalError", why);
  }
  if (!holds(pod, "Ready") && mayGoUnready(budget)) return;
  const disruptedPods = { [nameOf(pod)]: timestamp(clock.now()) };
  const status = { disruptionsAllowed: allowedBy(budget) - 1, disruptedPods };
  core.patch(refOf(budget), { status }, { subresource: "status", fieldManager: "kube-apiserver", dryRun });
}

/** Whether pods that are not ready may go without being counted. */
function mayGoUnready({ spec, status }: PodDisruptionBudget): boolean {
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return spec?.unhealthyPodEvictionPolicy === "AlwaysAllow" || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

/** How many may still go; fails when none may. */
function allowedBy({ metadata: { name, generation = 0 }, status }: PodDisruptionBudget): number {
  const { observedGeneration = 0, disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  if (observedGeneration < generation)
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  if (disruptionsAllowed > 0) return disruptionsAllowed;
  throw refusal(
    `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
  );
}

function refusal(message: string, retryAfterSeconds?: number): ApiError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: "DisruptionBudget", message }];
  return new ApiError(429, "TooManyRequests", text, { causes, ...(retryAfterSeconds && { retryAfterSeconds }) });
}
