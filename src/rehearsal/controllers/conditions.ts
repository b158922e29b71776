import type { Condition, KubeObject } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { ControllerDeps } from "./deps.ts";
import { refOf } from "./refs.ts";

type Conditions = readonly { readonly type: string }[] | undefined;

/** The conditions with one of them set; its transition time changes only with its status. */
export function withCondition(conditions: Conditions, next: Condition, nowMs: number): Condition[] {
  const list = (conditions ?? []) as readonly Condition[];
  const old = list.find(({ type }) => type === next.type);
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : undefined;
  const condition = { ...next, lastTransitionTime: lastTransitionTime ?? timestamp(nowMs) };
  return old === undefined ? [...list, condition] : list.map((one) => (one === old ? condition : one));
}

/** Writes conditions into an object as it is now, and what else of its status is given; nothing when it is gone. */
export function writeConditions(
  { core, clock }: Pick<ControllerDeps, "core" | "clock">,
  object: KubeObject,
  conditions: readonly Condition[],
  { fieldManager, status = {} }: { readonly fieldManager: string; readonly status?: object },
): void {
  const current = core.find<KubeObject & { status?: { conditions?: Condition[] } }>(refOf(object));
  if (current?.metadata.uid !== object.metadata.uid) return;
  const all = conditions.reduce<Condition[]>(
    (list, condition) => withCondition(list, condition, clock.now()),
    current?.status?.conditions ?? [],
  );
  const patch = { status: { ...status, conditions: all } };
  core.patch(refOf(object), patch, { subresource: "status", fieldManager });
}

/** Whether an object's condition of this type holds. */
export function holds(object: { readonly status?: unknown }, type: string): boolean {
  return conditionIn(object, type)?.status === "True";
}

export function conditionIn(object: { readonly status?: unknown }, type: string): Condition | undefined {
  const { conditions = [] } = (object.status ?? {}) as { conditions?: readonly Condition[] };
  return conditions.find((condition) => condition.type === type);
}
