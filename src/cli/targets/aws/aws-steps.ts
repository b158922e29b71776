import type { AwsClients } from "../../../aws/clients.ts";
import { isBucketThere } from "../../../aws/state/bucket-there.ts";
import { clusterInstances, terminateInstances } from "../../../aws/sweep/cluster-instances.ts";
import type { Remain } from "../../../aws/sweep/kind.ts";
import { Failure } from "../../../kernel/failure.ts";
import { isUnreachable } from "../../../lifecycle/connection.ts";
import type { Step } from "../../../lifecycle/step.ts";
import type { TargetRun } from "../../../lifecycle/target.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { Context } from "../../context.ts";
import { clusterKind } from "../../progress/resources.ts";
import type { ClusterLink } from "../cluster-link.ts";
import { karpenterStep } from "../karpenter-step.ts";
import { terraformStep } from "../terraform-step.ts";
import type { AccountFacts } from "./account-facts.ts";
import { type AccountOptions, accountStep } from "./account-step.ts";
import { engineOf, requireAccess } from "./engine-of.ts";
import type { AwsPlace } from "./place.ts";
import { stateStep } from "./state-step.ts";
import { interfacesStep, sweepInterfaces, sweepStep } from "./sweep-steps.ts";

export interface AwsStepsOptions {
  readonly context: Context;
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly place: AwsPlace;
  readonly link: ClusterLink;
  readonly account: () => Promise<string>;
  readonly accountOptions: AccountOptions;
  readonly facts: () => Promise<AccountFacts>;
  readonly usdPerHour: number;
}

/**
 * What makes an environment on AWS. Undone from the last to the first: Karpenter's nodes while Karpenter still works,
 * interfaces that would hold Terraform up, Terraform's own, what nobody knows of, the state.
 */
export function awsSteps(options: AwsStepsOptions, run: TargetRun): readonly Step[] {
  const { context, environment, clients, facts, accountOptions, account } = options;
  const sweeping = { clients, clock: context.clock, facts, run };
  return [
    accountStep(accountOptions, account),
    stateStep({ clients, clock: context.clock, environment, facts }),
    ...apart(sweepStep(sweeping), terraform(options, run)),
    interfacesStep(sweeping),
    karpenter(options, run),
  ];
}

/** While another machine's Terraform is at work, what it makes is not swept away under its hands. */
function apart(sweeping: Step, engine: Step): readonly Step[] {
  let isLocked = false;
  return [
    {
      ...sweeping,
      async undo(signal) {
        if (isLocked) throw new Failure("STATE_LOCKED", "nothing is swept away while the state is locked");
        await sweeping.undo(signal);
      },
    },
    {
      ...engine,
      async undo(signal) {
        await engine.undo(signal).catch((error: unknown) => {
          isLocked = error instanceof Failure && error.code === "STATE_LOCKED";
          throw error;
        });
      },
    },
  ];
}

function terraform(options: AwsStepsOptions, run: TargetRun): Step {
  const { context, environment, clients, facts, usdPerHour } = options;
  const step = terraformStep({
    run,
    usdPerHour,
    engine: (listener) => engineOf({ ...options, run }, listener),
    between: (signal) => sweepInterfaces({ clients, clock: context.clock, facts, run }, signal),
  });
  return {
    ...step,
    async observe(signal) {
      const { account, bucket } = await facts();
      // without its bucket there is no state, and nothing that the engine could go by: the sweep is left
      if (bucket !== undefined && !(await isBucketThere({ s3: clients.s3, account, bucket }))) return "absent";
      return step.observe(signal);
    },
    async ensure(signal) {
      await requireAccess(context, environment);
      await step.ensure(signal);
    },
  };
}

function karpenter({ context, environment, clients, place, link, facts }: AwsStepsOptions, run: TargetRun): Step {
  const { commands, clock, process } = context;
  const seen = new Map<string, Remain>();
  return karpenterStep({
    ...{ commands, clock, environment },
    env: process.env,
    kubeconfig: place.kubeconfig,
    directory: place.folder,
    roleArn: async () => {
      const { roleArn, cluster } = await facts();
      return roleArn(`${cluster}-karpenter`);
    },
    connect: () => link.connect().catch(ifUnreachable),
    instances: {
      async list(signal) {
        const found = await clusterInstances(clients, (await facts()).scope, { signal });
        for (const remain of found) seen.set(remain.id, remain);
        return found.map(({ id }) => id);
      },
      async terminate(ids, signal) {
        const remains = ids.flatMap((id) => seen.get(id) ?? []);
        await terminateInstances(clients, remains, { clock, signal });
      },
    },
    warn: (message) => void run.observe(clusterEvent("Warning", message)),
  });
}

function ifUnreachable(error: unknown): undefined {
  if (isUnreachable(error)) return undefined;
  throw error;
}

/** Something about the cluster that who watches is to hear. */
export function clusterEvent(level: "Normal" | "Warning", message: string) {
  return { type: "event", level, kind: clusterKind, name: "cluster", reason: "Aura", message, source: "aura" } as const;
}
