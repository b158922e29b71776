import { type Condition, conditionOf, type Deployment } from "../../cluster/objects.ts";
import { timestamp } from "../../kernel/clock.ts";
import { withCondition, writeStatus } from "../core/conditions.ts";
import { nameOf } from "../core/refs.ts";
import { type ControllerDeps, controllerManager } from "./deps.ts";
import type { Requeue } from "./queue.ts";
import { bounds, type Rollout, setsOf, sum, wantedOf } from "./rollout.ts";

type Progress = Condition & { lastUpdateTime?: string };

/** What the turn did besides scaling, which its progress is told by. */
export interface Turn {
  /** Name of a ReplicaSet that was made. */
  readonly made?: string;
  /** Why none could be made. */
  readonly failure?: string;
  /** Paused or rescaled: that is no progress, and no lack of it. */
  readonly isStill: boolean;
}

/** Writes a Deployment's status. Returns when its progress deadline is to be looked at. */
export function writeRolloutStatus({ core, clock }: ControllerDeps, rollout: Rollout, turn: Turn): Requeue | undefined {
  const { deployment } = rollout;
  const numbers = numbersOf(rollout);
  const status = { ...numbers, conditions: conditionsOf(rollout, numbers, turn, clock.now()) };
  writeStatus(core, deployment, status, controllerManager);
  const progressing = conditionOf({ status }, "Progressing") as Progress | undefined;
  const isOver = ["NewReplicaSetAvailable", "ProgressDeadlineExceeded"].includes(progressing?.reason ?? "");
  const leftMs = deadlineMs(deployment, progressing) - clock.now();
  return turn.isStill || isOver ? undefined : { afterMs: leftMs + 1000, background: true };
}

type Numbers = ReturnType<typeof numbersOf>;

function numbersOf(rollout: Rollout) {
  const all = setsOf(rollout);
  const replicas = sum(all, ({ status }) => status?.replicas);
  const availableReplicas = sum(all, ({ status }) => status?.availableReplicas);
  return {
    observedGeneration: rollout.deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: rollout.fresh?.status?.replicas ?? 0,
    readyReplicas: sum(all, ({ status }) => status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, wantedOf) - availableReplicas),
    terminatingReplicas: sum(all, ({ status }) => status?.terminatingReplicas),
  };
}

function conditionsOf(rollout: Rollout, numbers: Numbers, turn: Turn, nowMs: number): readonly Progress[] {
  const { deployment } = rollout;
  const isAvailable = numbers.availableReplicas >= wantedOf(deployment) - bounds(deployment).unavailable;
  const failures = setsOf(rollout).flatMap((set) => conditionOf(set, "ReplicaFailure") ?? []);
  const old = (deployment.status?.conditions ?? []) as readonly Progress[];
  const kept = old.filter(({ type }) => type !== "ReplicaFailure");
  const next = [
    isAvailable
      ? condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
      : condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
    progressOf(rollout, numbers, turn, nowMs) ?? [],
    failures.slice(0, 1),
  ].flat();
  return next.reduce<readonly Progress[]>((list, one) => updated(list, one, nowMs), kept);
}

/** A condition that says the same as before keeps its times, unless it is progress: that is dated anew. */
function updated(list: readonly Progress[], next: Condition, nowMs: number): readonly Progress[] {
  const old = list.find(({ type }) => type === next.type);
  const isSame = old?.status === next.status && old.reason === next.reason;
  if (isSame && next.reason !== "ReplicaSetUpdated") return list;
  return withCondition(list, { ...next, lastUpdateTime: timestamp(nowMs) } as Condition, nowMs);
}

function condition(type: string, status: Condition["status"], reason: string, message: string): Condition {
  return { type, status, reason, message };
}

function progressOf(rollout: Rollout, numbers: Numbers, turn: Turn, nowMs: number): Condition | undefined {
  const { deployment, fresh } = rollout;
  const old = conditionOf(deployment, "Progressing") as Progress | undefined;
  const progress = (status: Condition["status"], reason: string, message: string) =>
    condition("Progressing", status, reason, message);
  const subject = fresh === undefined ? `Deployment "${nameOf(deployment)}"` : `ReplicaSet "${nameOf(fresh)}"`;
  if (turn.failure !== undefined) return progress("False", "ReplicaSetCreateError", turn.failure);
  if (turn.made !== undefined)
    return progress("True", "NewReplicaSetCreated", `Created new replica set "${turn.made}"`);
  const paused = pauseOf(deployment, old);
  if (paused !== undefined) return progress("Unknown", ...paused);
  // A rollout that was complete stays it: pods that come and go later are no rollout
  const wasComplete = numbers.replicas === numbers.updatedReplicas && old?.reason === "NewReplicaSetAvailable";
  if (turn.isStill || wasComplete) return undefined;
  if (isComplete(deployment, numbers)) {
    return progress("True", "NewReplicaSetAvailable", `${subject} has successfully progressed.`);
  }
  if (hasProgressed(deployment, numbers)) return progress("True", "ReplicaSetUpdated", `${subject} is progressing.`);
  const isLate = old !== undefined && deadlineMs(deployment, old) < nowMs && old.reason !== "NewReplicaSetAvailable";
  return isLate ? progress("False", "ProgressDeadlineExceeded", `${subject} has timed out progressing.`) : undefined;
}

function pauseOf({ spec }: Deployment, old: Progress | undefined): [string, string] | undefined {
  if (old?.reason === "ProgressDeadlineExceeded") return undefined;
  if (spec?.paused === true) return ["DeploymentPaused", "Deployment is paused"];
  return old?.reason === "DeploymentPaused" ? ["DeploymentResumed", "Deployment is resumed"] : undefined;
}

/** Every pod is new, and enough of them are available. */
export function isComplete(deployment: Deployment, numbers: Partial<Numbers>): boolean {
  const wanted = wantedOf(deployment);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = numbers;
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

function hasProgressed({ status = {} }: Deployment, now: Numbers): boolean {
  const { updatedReplicas = 0, replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  return (
    now.updatedReplicas > updatedReplicas ||
    now.replicas - now.updatedReplicas < replicas - updatedReplicas ||
    now.readyReplicas > readyReplicas ||
    now.availableReplicas > availableReplicas
  );
}

function deadlineMs({ spec }: Deployment, progress: Progress | undefined): number {
  const seconds = spec?.progressDeadlineSeconds ?? Number.POSITIVE_INFINITY;
  return Date.parse(progress?.lastUpdateTime ?? "") + seconds * 1000;
}
