import type { AwsClients } from "../../../aws/clients.ts";
import { describeCluster } from "../../../aws/eks/cluster.ts";
import type { Remain } from "../../../aws/sweep/kind.ts";
import { deleteLogGroup } from "../../../aws/sweep/log-group.ts";
import { sweepObstacles } from "../../../aws/sweep/obstacles.ts";
import type { Left } from "../../../aws/sweep/remove.ts";
import { sweep } from "../../../aws/sweep/sweep.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/failure.ts";
import { count } from "../../../kernel/text.ts";
import type { Step } from "../../../lifecycle/step.ts";
import type { TargetRun } from "../../../lifecycle/target.ts";
import type { AccountFacts } from "./account-facts.ts";

export interface SweepStepOptions {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly facts: () => Promise<AccountFacts>;
  readonly run: Pick<TargetRun, "observe">;
}

/**
 * What Terraform does not know of, removed when Terraform is done: it is listed before Terraform and so undone after it.
 * Fails with LEFTOVERS when something cannot be removed.
 */
export function sweepStep({ clients, clock, facts, run }: SweepStepOptions): Step {
  return {
    ...undoOnly,
    name: "sweep",
    title: "what Terraform does not know of",
    async undo(signal) {
      const { scope, cluster } = await facts();
      const told: Promise<void>[] = [];
      const onRemoved = (remain: Remain) => void told.push(tell(run, remain));
      const { left, last } = await sweep(clients, scope, { clock, signal, onRemoved });
      // EKS makes it once more, and without a tag, when its cluster is gone; one that is there may be somebody else's
      if ((await describeCluster(clients, cluster)) === undefined) await deleteLogGroup(clients, cluster, { signal });
      await Promise.all(told);
      if (last.found.length > 0) throw notRemoved(last.found, left);
    },
  };
}

/** What is not Terraform's and keeps what is from going: interfaces of the VPC CNI, load balancers, Karpenter's profiles. */
export function interfacesStep(options: SweepStepOptions): Step {
  return {
    ...undoOnly,
    name: "network-interfaces",
    title: "network interfaces without a node",
    undo: (signal) => sweepInterfaces(options, signal),
  };
}

/** The same between two tries of a destroy. */
export async function sweepInterfaces(
  { clients, clock, facts, run }: SweepStepOptions,
  signal: AbortSignal,
): Promise<void> {
  const { scope } = await facts();
  const told: Promise<void>[] = [];
  const onRemoved = (remain: Remain) => void told.push(tell(run, remain));
  await sweepObstacles(clients, scope, { clock, signal, onRemoved });
  await Promise.all(told);
}

/** There is nothing to make; whether there is something to remove is found out by looking for it. */
const undoOnly = {
  phase: "deploy",
  observe: async () => "partial",
  ensure: async () => {},
} as const satisfies Partial<Step>;

function tell({ observe }: Pick<TargetRun, "observe">, { kind, name, evidence }: Remain): Promise<void> {
  return observe({
    type: "event",
    level: "Normal",
    kind,
    name,
    reason: "Swept",
    message: `removed: it was left behind (${evidence.join(", ")})`,
    source: "aura",
  });
}

function notRemoved(found: readonly Remain[], left: readonly Left[]): Failure {
  const reasons = new Map(left.map(({ remain, reason }) => [remain.id, reason]));
  return new Failure("LEFTOVERS", `${count(found.length, "thing")} could not be swept away`, {
    problems: found.map(({ kind, name, id }) => `${kind} ${name}: ${reasons.get(id) ?? "still there"}`),
    fix: "aura down",
  });
}
