import { type Condition, conditionOf, type KubeObject } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import type { Core } from "./core.ts";
import { refOf } from "./refs.ts";

/** Whether an object's condition of this type is True. */
export function holds(object: Parameters<typeof conditionOf>[0], type: string): boolean {
  return conditionOf(object, type)?.status === "True";
}

/** The conditions with one of them set; its transition time changes only with its status. */
export function withCondition(
  conditions: readonly { readonly type: string }[] | undefined,
  next: Condition,
  nowMs: number,
): Condition[] {
  const list = (conditions ?? []) as readonly Condition[];
  const old = list.find(({ type }) => type === next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : undefined;
  const condition = { ...next, lastTransitionTime: lastTransitionTime ?? timestamp(nowMs) };
  return old === undefined ? [...list, condition] : list.map((one) => (one === old ? condition : one));
}

/** Writes conditions into an object as it is now, and what else of its status is given; nothing when it is gone. */
export function writeConditions(
  { core, clock }: { readonly core: Core; readonly clock: Clock },
  object: KubeObject,
  conditions: readonly Condition[],
  { fieldManager, status = {} }: { readonly fieldManager: string; readonly status?: object },
): void {
  const current = core.find<KubeObject & { status?: { conditions?: Condition[] } }>(refOf(object));
  if (current?.metadata.uid !== object.metadata.uid) return;
  const all = conditions.reduce(
    (before, condition) => withCondition(before, condition, clock.now()),
    current?.status?.conditions ?? [],
  );
  writeStatus(core, object, { ...status, conditions: all }, fieldManager);
}

/** Merges this into an object's status. */
export function writeStatus<T extends KubeObject>(core: Core, object: T, status: object, fieldManager: string): T {
  return core.patch<T>(refOf(object), { status }, { subresource: "status", fieldManager });
}
