import type { Condition } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";

type Conditions = readonly { readonly type: string }[] | undefined;

/** The conditions with one of them set; its transition time changes only with its status. */
export function withCondition(conditions: Conditions, next: Condition, nowMs: number): Condition[] {
  const list = (conditions ?? []) as readonly Condition[];
  const old = list.find(({ type }) => type === next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : undefined;
  const condition = { ...next, lastTransitionTime: lastTransitionTime ?? timestamp(nowMs) };
  return old === undefined ? [...list, condition] : list.map((one) => (one === old ? condition : one));
}

/** Whether an object's condition of this type holds. */
export function holds(object: { readonly status?: unknown }, type: string): boolean {
  return conditionIn(object, type)?.status === "True";
}

export function conditionIn(object: { readonly status?: unknown }, type: string): Condition | undefined {
  const { conditions = [] } = (object.status ?? {}) as { conditions?: readonly Condition[] };
  return conditions.find((condition) => condition.type === type);
}
