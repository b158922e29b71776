import type { Pod } from "../../cluster/objects.ts";
import { kindRef } from "../core/refs.ts";
import type { ControllerDeps } from "./deps.ts";
import { isEnded } from "./pod-index.ts";

/** When each node's pods last changed: what `consolidateAfter` counts from. */
export interface PodEvents {
  /** 0 for a node that never had a pod. */
  lastMs(node: string): number;
  stop(): void;
}

export function podEvents({ core, clock }: ControllerDeps): PodEvents {
  const last = new Map<string, number>();
  const states = new Map<string, "bound" | "ended">();
  const stop = core.subscribe<Pod>(kindRef("Pod"), ({ type, object }) => {
    const { uid = "" } = object.metadata;
    const node = object.spec?.nodeName;
    if (!node) return;
    const state = isEnded(object) ? "ended" : "bound";
    const isNews = type === "DELETED" ? states.get(uid) !== "ended" : states.get(uid) !== state;
    if (type === "DELETED") states.delete(uid);
    else states.set(uid, state);
    if (isNews) last.set(node, clock.now());
  });
  return { lastMs: (node) => last.get(node) ?? 0, stop };
}
