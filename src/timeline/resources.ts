import type { TimelineEntry } from "./entries.ts";
import type { ResourceModel } from "./model-types.ts";
import { grouped, only } from "./order.ts";

/** What was done to resources of Terraform, the longest first. Of several tries the last one counts. */
export function resourceModels(ordered: readonly TimelineEntry[]): ResourceModel[] {
  const groups = grouped(only(ordered, "resource"), ({ address, action }) => `${action} ${address}`);
  const models = [...groups.values()].flatMap((entries) => {
    const last = entries.at(-1);
    if (last === undefined) return [];
    const { address, resourceType, action, state, seconds, at } = last;
    return {
      ...{ address, resourceType, action },
      state: state === "started" ? ("unfinished" as const) : state,
      seconds: seconds ?? 0,
      // an engine counts in whole seconds
      startedAt: entries.findLast((entry) => entry.state === "started")?.at ?? at - (seconds ?? 0) * 1000,
    };
  });
  return models.sort((a, b) => b.seconds - a.seconds || a.startedAt - b.startedAt);
}
