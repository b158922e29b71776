import { isBucketThere } from "../../../aws/state/bucket-there.ts";
import type { EngineListener } from "../../../aws/tofu/engine-options.ts";
import { changesText } from "../../../aws/tofu/plan-summary.ts";
import type { DeployPlan, TargetRun } from "../../../lifecycle/target.ts";
import type { AccountFacts } from "./account-facts.ts";
import type { AwsStepsOptions } from "./aws-steps.ts";
import { engineOf } from "./engine-of.ts";

const silent: EngineListener = { onResource: () => {}, onNotice: () => {} };

/** What Terraform would do. Before its bucket is made there is no state: everything would be made. */
export async function planDeploy(options: AwsStepsOptions, run: TargetRun, signal: AbortSignal): Promise<DeployPlan> {
  const facts = await planFacts(options);
  const engine = await engineOf({ ...options, run, facts: async () => facts }, silent);
  const plan = await engine.plan(signal);
  if (!plan.hasChanges) return { changes: [], resources: [] };
  return {
    changes: changesText(plan),
    resources: plan.resources.map(({ address, action }) => ({ address, action })),
  };
}

async function planFacts({ clients, facts }: AwsStepsOptions): Promise<AccountFacts> {
  const known = await facts();
  const { account, bucket } = known;
  if (bucket === undefined || (await isBucketThere({ s3: clients.s3, account, bucket }))) return known;
  return { ...known, bucket: undefined };
}

/** What a deploy made, from Terraform's own outputs: the texts among them. The cluster's certificate is in its kubeconfig. */
export async function deployOutputs(
  options: AwsStepsOptions,
  run: TargetRun,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const engine = await engineOf({ ...options, run }, silent);
  const texts = Object.entries(await engine.outputs(signal)).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" && name !== "cluster_ca" ? [[name, value]] : [],
  );
  return Object.fromEntries(texts);
}
