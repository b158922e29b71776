import { count, humanUsd } from "../../kernel/text.ts";
import type { PlannedResource, ResourceAction } from "./stream.ts";

/** What a plan would do. */
export interface PlanSummary {
  /** Whether there is anything to apply: outputs too are. */
  readonly hasChanges: boolean;
  readonly counts: Readonly<Record<ResourceAction, number>>;
  readonly resources: readonly PlannedResource[];
}

/** The plan of nothing. */
export const noChanges: PlanSummary = summaryOf([], false);

/** Reads what `show -json` says of a saved plan that changes something (format 1.x of both engines). */
export function planSummary(text: string): PlanSummary {
  const { resource_changes: changes = [] } = JSON.parse(text.slice(text.search(/^\{/m))) as PlanDocument;
  const resources = changes.flatMap(({ address, type, mode, change }) => {
    const action = actionOf(change.actions);
    return mode === "data" || action === undefined ? [] : { address, resourceType: type, action };
  });
  return summaryOf(resources, true);
}

interface PlanDocument {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly mode: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

function summaryOf(resources: readonly PlannedResource[], hasChanges: boolean): PlanSummary {
  const counts = { create: 0, update: 0, delete: 0, replace: 0 };
  for (const { action } of resources) counts[action] += 1;
  return { hasChanges, counts, resources };
}

function actionOf(actions: readonly string[]): ResourceAction | undefined {
  if (actions.length === 2) return "replace";
  const [only] = actions;
  return only === "create" || only === "update" || only === "delete" ? only : undefined;
}

const verbs: Readonly<Record<ResourceAction, string>> = {
  create: "make",
  update: "change",
  replace: "replace",
  delete: "remove",
};
const mostTypes = 6;

/**
 * The plan in two lines, such as `make 92 resources: 14 aws_iam_role, …`, then the price. `usdPerHour` is what the
 * environment costs from then on, without the nodes of jobs.
 */
export function planText(plan: PlanSummary, usdPerHour: number): string {
  const what = changesText(plan).join("\n");
  return `${what}\nfrom then on it costs ${humanUsd(usdPerHour)} an hour, nodes of jobs not counted`;
}

/** What a plan that changes something would do, a line for each sort of change. */
export function changesText({ resources, counts }: PlanSummary): string[] {
  const parts = (Object.keys(verbs) as ResourceAction[])
    .filter((action) => counts[action] > 0)
    .map((action) => {
      const mine = resources.filter((resource) => resource.action === action);
      return `${verbs[action]} ${count(mine.length, "resource")}: ${typesText(mine)}`;
    });
  return parts.length === 0 ? ["change outputs only"] : parts;
}

function typesText(resources: readonly PlannedResource[]): string {
  const numbers = new Map<string, number>();
  for (const { resourceType } of resources) numbers.set(resourceType, (numbers.get(resourceType) ?? 0) + 1);
  const sorted = [...numbers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const shown = sorted.slice(0, mostTypes).map(([type, number]) => `${number} ${type}`);
  const rest = sorted.slice(mostTypes);
  return rest.length === 0
    ? shown.join(", ")
    : `${shown.join(", ")} and ${rest.reduce((sum, [, number]) => sum + number, 0)} of ${count(rest.length, "other type")}`;
}
