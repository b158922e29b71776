import { ApiError, type DeleteOptions, type ObjectRef } from "../../cluster/api.ts";
import type { KubeObject, Pod } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import type { Core } from "./core.ts";
import { selectorText } from "./selector-text.ts";
import { parseLabelSelector } from "./selectors.ts";

type Budget = KubeObject & {
  spec?: { selector?: object; unhealthyPodEvictionPolicy?: string };
  status?: BudgetStatus;
};

interface BudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly disruptedPods?: Readonly<Record<string, string>>;
}

type Options = DeleteOptions & { readonly dryRun?: boolean };

/**
 * The eviction subresource: takes one from the pod's disruption budget, says in the pod's conditions why it goes, then
 * deletes it with its grace period. Fails with 429 while the budget allows no disruption. As the API server's
 * eviction REST does it, except for more than one budget, where that gives a 500 too.
 */
export function evict(core: Core, clock: Clock, ref: ObjectRef, options: Options = {}): void {
  const pod = core.read<Pod>(ref);
  const phase = pod.status?.phase;
  const isOver = phase === "Succeeded" || phase === "Failed" || phase === "Pending";
  if (!isOver && pod.metadata.deletionTimestamp === undefined) spendBudget(core, clock, pod, options);
  if (!options.dryRun) markTarget(core, clock, pod, ref);
  core.delete(ref, options);
}

function spendBudget(core: Core, clock: Clock, pod: Pod, { dryRun = false }: Options): void {
  const [budget, ...more] = budgetsOf(core, pod);
  if (budget === undefined) return;
  if (more.length > 0) {
    const why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    throw new ApiError(500, "InternalError", why);
  }
  if (isReady(pod) || !mayGoUnready(budget)) spend(core, clock, budget, pod.metadata.name ?? "", dryRun);
}

/** An empty selector selects all pods, none selects nothing; a pod without labels is never covered. */
function budgetsOf(core: Core, { metadata: { namespace = "default", labels = {} } }: Pod): Budget[] {
  if (Object.keys(labels).length === 0) return [];
  const { items } = core.list<Budget>({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", namespace });
  return items.filter(({ spec }) => {
    const text = spec?.selector && selectorText(spec.selector);
    return text !== undefined && (text === "<none>" || parseLabelSelector(text)(labels));
  });
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

/** Whether pods that are not ready may go without being counted. */
function mayGoUnready({ spec, status: { currentHealthy = 0, desiredHealthy = 0 } = {} }: Budget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function spend(core: Core, clock: Clock, budget: Budget, pod: string, dryRun: boolean): void {
  const { name = "", generation = 0 } = budget.metadata;
  const {
    observedGeneration = 0,
    disruptionsAllowed = 0,
    currentHealthy = 0,
    desiredHealthy = 0,
  } = budget.status ?? {};
  if (observedGeneration < generation) {
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if (disruptionsAllowed <= 0) {
    throw refusal(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
  const disruptedPods = { [pod]: timestamp(clock.now()) };
  const status = { disruptionsAllowed: disruptionsAllowed - 1, disruptedPods };
  const options = { subresource: "status", fieldManager: "kube-apiserver", dryRun } as const;
  core.patch(budget as KubeObject as ObjectRef, { status }, options);
}

function refusal(message: string, retryAfterSeconds?: number): ApiError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: "DisruptionBudget", message }];
  return new ApiError(429, "TooManyRequests", text, { causes, ...(retryAfterSeconds && { retryAfterSeconds }) });
}

function markTarget(core: Core, clock: Clock, pod: Pod, ref: ObjectRef): void {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "DisruptionTarget");
  const target = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastTransitionTime: timestamp(clock.now()),
  };
  const patch = { status: { conditions: [...others, target] } };
  core.patch(ref, patch, { subresource: "status", fieldManager: "kube-apiserver" });
}
