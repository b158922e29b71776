import type { ListQuery, ObjectApi } from "../../cluster/api.ts";
import type { KubeObject } from "../../cluster/objects.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";
import { listServed } from "../served.ts";
import type { Step } from "../step.ts";
import { type ClusterAccess, connected, deleteIfPresent, refOf } from "./objects.ts";

interface CapacityBuffer extends KubeObject {
  readonly status?: { readonly replicas?: number };
}

const kind = { apiVersion: "autoscaling.x-k8s.io/v1beta1", kind: "CapacityBuffer" } as const;
/** Karpenter looks at buffers every 30 s. */
const emptyTimeoutMs = 90_000;
const goneTimeoutMs = 60_000;

/**
 * Ensures nothing. Undone, no CapacityBuffer is left: each is emptied before it is deleted, for Karpenter goes on counting
 * one that was deleted outright, and keeps nodes for it (kubernetes-sigs/karpenter#3258).
 */
export function buffersStep(access: ClusterAccess, selection: { readonly labelSelector?: string }): Step {
  const query: ListQuery = { ...kind, ...selection };
  const list = (api: ObjectApi) => listServed<CapacityBuffer>(api, query);
  return {
    name: "buffers",
    phase: "deploy",
    title: "capacity buffers",
    async observe() {
      const api = await access.api();
      return api === undefined || (await list(api)).length === 0 ? "absent" : "partial";
    },
    ensure: async () => {},
    async undo(signal) {
      const api = await connected(access);
      const { time, clock } = access;
      const wait = { time, clock, signal, what: "capacity buffers to be empty" };
      for (const buffer of await list(api)) await api.patch(refOf(buffer), { spec: { replicas: 0, percentage: null } });
      const isEmpty = ({ status }: CapacityBuffer) => (status?.replicas ?? 0) === 0;
      await waitUntil({ ...wait, timeoutMs: emptyTimeoutMs }, async () =>
        (await list(api)).every(isEmpty) ? true : undefined,
      ).catch((error: unknown) => {
        // its pools are deleted next, whatever they are kept for
        if (!isTimeout(error)) throw error;
      });
      for (const buffer of await list(api)) await deleteIfPresent(api, refOf(buffer));
      await waitUntil({ ...wait, what: "capacity buffers to be deleted", timeoutMs: goneTimeoutMs }, async () =>
        (await list(api)).length === 0 ? true : undefined,
      );
    },
  };
}
