import { type ContainerStatus, conditionOf, type Job, keyOf, type Pod } from "../../cluster/objects.ts";

export type FailureAction =
  | { readonly action: "Count" | "Ignore" | "FailIndex" }
  | { readonly action: "FailJob"; readonly message: string };

/** What a Job's podFailurePolicy says to a pod that failed: the first rule that matches counts, none means Count. */
export function failureActionOf(job: Job, pod: Pod): FailureAction {
  const rules = job.spec?.podFailurePolicy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const match =
      (rule.onExitCodes && exitCodeMatch(rule.onExitCodes, pod)) || conditionMatch(rule.onPodConditions, pod);
    if (match === undefined) continue;
    if (rule.action !== "FailJob") return { action: rule.action as "Count" | "Ignore" | "FailIndex" };
    return { action: "FailJob", message: `${match} matching FailJob rule at index ${index}` };
  }
  return { action: "Count" };
}

interface OnExitCodes {
  readonly containerName?: string | undefined;
  readonly operator: string;
  readonly values: readonly number[];
}

function exitCodeMatch({ containerName, operator, values }: OnExitCodes, pod: Pod): string | undefined {
  for (const { name, state } of containerStatusesOf(pod)) {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(exitCode) === (operator === "In")) {
      return `Container ${name} for pod ${keyOf(pod)} failed with exit code ${exitCode}`;
    }
  }
  return undefined;
}

function conditionMatch(
  patterns: readonly { readonly type: string; readonly status?: string }[] | undefined,
  pod: Pod,
): string | undefined {
  const pattern = patterns?.find(({ type, status = "True" }) => conditionOf(pod, type)?.status === status);
  return pattern && `Pod ${keyOf(pod)} has condition ${pattern.type}`;
}

/** Of all its containers, those that run first first. */
export function containerStatusesOf({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
