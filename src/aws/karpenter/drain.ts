import type { KindRef } from "../../cluster/api.ts";
import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";
import { releaseBuffers } from "./buffers.ts";
import { deleteAll, listAll, nodeKinds, stripFinalizers } from "./node-objects.ts";
import { controllerOf } from "./wait-for-karpenter.ts";
import type { ClusterWait } from "./wait-options.ts";

/** The EC2 instances that Karpenter made for the cluster. */
export interface Instances {
  /** Ids of those that are not terminated. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** Terminates them and waits, bounded, until they are. */
  terminate(ids: readonly string[], signal: AbortSignal): Promise<void>;
}

export interface DrainOptions {
  readonly instances: Instances;
  /** Told of what could not be done in good order. */
  readonly warn: (message: string) => void;
}

/** A node's drain may take its pools' terminationGracePeriod of 5 minutes, its instance some more. */
const claimsMs = 8 * 60_000;
const classesMs = 2 * 60_000;

/**
 * Takes down what Karpenter made, while it still runs: buffers, NodePools, NodeClaims and their instances, then the
 * EC2NodeClasses and with them instance profiles and launch templates. `timeoutMs` is for the nodes (default 8 minutes).
 * What hangs is let go only when no instance is left, and told of. Fails with LEFTOVERS when instances stay.
 */
export async function drainNodes(wait: ClusterWait, options: DrainOptions): Promise<void> {
  const { timeoutMs = claimsMs, ...quick } = wait;
  const { api } = wait;
  await releaseBuffers(quick);
  for (const kind of [nodeKinds.nodePool, nodeKinds.nodeClaim]) await deleteAll(api, kind);
  // without the controller nobody lets go of anything
  const isWorking = ((await controllerOf(api))?.status?.availableReplicas ?? 0) > 0;
  const nodesGone = await gone(wait, nodeKinds.nodeClaim, isWorking ? timeoutMs : 0);
  await endInstances(options, wait.signal);
  await deleteAll(api, nodeKinds.nodeClass);
  await gone(wait, nodeKinds.nodeClass, isWorking && nodesGone ? classesMs : 0);
  const freed = await stripFinalizers(api);
  if (freed.length === 0) return;
  options.warn(
    `Karpenter did not let go of ${freed.join(", ")}: no instance is left, so its finalizers were taken off; the sweep looks for instance profiles and launch templates`,
  );
}

/** Sees to it that no instance is left. Needs no cluster that answers. */
export async function endInstances({ instances, warn }: DrainOptions, signal: AbortSignal): Promise<void> {
  const left = await instances.list(signal);
  if (left.length === 0) return;
  warn(`Karpenter left ${count(left.length, "instance")} running: ${left.join(", ")}; terminating`);
  await instances.terminate(left, signal);
  const stayed = await instances.list(signal);
  if (stayed.length === 0) return;
  throw new Failure(
    "LEFTOVERS",
    `${count(stayed.length, "instance")} of the cluster did not end: ${stayed.join(", ")}`,
    {
      why: "they are billed by the second, and hold the network that is to be taken down",
      fix: `aws ec2 terminate-instances --instance-ids ${stayed.join(" ")}, then: aura down`,
    },
  );
}

/** Whether all objects of a kind went within so long. */
async function gone({ api, clock, signal }: ClusterWait, kind: KindRef, timeoutMs: number): Promise<boolean> {
  const time = async () => clock.now();
  const look = async () => ((await listAll(api, kind)).length === 0 ? true : undefined);
  try {
    return await waitUntil({ what: `${kind.kind}s`, timeoutMs, time, clock, signal, pauseMs: 1000 }, look);
  } catch (error) {
    if (isTimeout(error)) return false;
    throw error;
  }
}
