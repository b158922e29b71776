import type { Environment } from "../../spec/environment.ts";
import { uploadArtifact } from "./actions.ts";
import { runs, when } from "./conditions.ts";
import { aura, credentials, engine } from "./setup-steps.ts";
import type { Job, Step } from "./workflow.ts";

// Minutes beside the jobs' own: EKS, Karpenter and the nodes; logs, outputs and idle nodes
const deployMinutes = 60;
const collectMinutes = 30;
/** GitHub ends a job then. */
const mostMinutes = 360;

/** Deploys, runs the jobs and brings home what they leave, on one machine: journal, timeline and report stay together. */
export function runJob(environment: Environment, common: Pick<Job, "environment" | "env" | "runs-on">): Job {
  const minutes = deployMinutes + Math.ceil(environment.timeoutMs / 60_000) + collectMinutes;
  return {
    note: ["Each step is a command that does the same on a desk; `up` goes on where the one before it stopped."],
    name: "Deploy, run and collect",
    needs: ["check"],
    if: when(runs),
    ...common,
    "timeout-minutes": Math.min(minutes, mostMinutes),
    permissions: { contents: "read", "id-token": "write" },
    outputs: { cluster_name: "${{ steps.outputs.outputs.cluster_name }}" },
    steps: [
      ...aura,
      engine,
      credentials(environment, "deploy", { region }),
      ...deploys,
      credentials(environment, "deploy", { region, name: "AWS credentials, for two hours more" }),
      ...jobs,
      ...results,
    ],
  };
}

const region = "${{ inputs.region }}";

const deploys: readonly Step[] = [
  { name: "Account and state bucket", id: "state", run: "exec npx aura up --until state --yes" },
  { name: "Plan, and its price by the hour", id: "plan", run: "exec npx aura up --plan" },
  {
    note: ["A cancel does not cut it, as far as GitHub waits: half a cluster is harder to remove than a whole one."],
    name: "Apply",
    id: "apply",
    if: when("always() && steps.plan.outcome == 'success'"),
    run: "exec npx aura up --until terraform --yes",
  },
  { name: "Outputs", id: "outputs", run: "npx aura outputs -o github" },
  { name: "Cluster access", run: "npx aura kubeconfig" },
  { name: "Karpenter, by Helm", run: "exec npx aura up --until karpenter --yes" },
  { name: "Karpenter is ready", run: "exec npx aura wait karpenter" },
  { name: "Node pools and node classes", run: "exec npx aura up --yes" },
];

const jobs: readonly Step[] = [
  {
    note: ["Those of aura.yaml; without GPUs, the ones that ask for none."],
    name: "App job and GPU test job",
    id: "jobs",
    run: "exec npx aura run --detach",
  },
  { name: "Wait for completion", run: "exec npx aura wait jobs" },
];

const ran = "!cancelled() && steps.jobs.outcome == 'success'";

const results: readonly Step[] = [
  {
    note: ["Also of jobs that failed; then until the idle nodes are gone."],
    name: "Collect metrics, logs and outputs",
    if: when(ran),
    run: "exec npx aura collect --release-idle",
  },
  {
    note: ["Where it goes on living; otherwise whoever destroys it reports."],
    name: "Summary report",
    if: when(`${ran} && inputs.action == 'deploy'`),
    run: "npx aura report report/* --check autoscaling",
  },
  {
    note: ["The journal tells the next job what may have been made; without it, AWS's tags do."],
    name: "Keep journal and report",
    if: when("always() && steps.state.outcome == 'success'"),
    uses: uploadArtifact,
    with: artifact("aura-run", [".aura/*/journal.jsonl", ".aura/*/*.json", "report"], { hidden: true }),
  },
];

/** What is uploaded, from the repository's folder; files whose names begin with a dot only where `hidden` says so. */
export function artifact(name: string, paths: readonly string[], { hidden = false } = {}): NonNullable<Step["with"]> {
  return {
    name,
    path: paths.join("\n"),
    ...(hidden && { "include-hidden-files": true }),
    "if-no-files-found": "error",
    "retention-days": 14,
    // of a run that is tried again
    overwrite: true,
  };
}
