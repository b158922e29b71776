import { type AwsClients, awsClients } from "../../../aws/clients.ts";
import { preflightProblems } from "../../../aws/doctor/doctor.ts";
import { ensurePodIdentity } from "../../../aws/eks/pod-identity.ts";
import { endedInstances } from "../../../aws/ended-instances.ts";
import { waitForPools } from "../../../aws/karpenter/wait-for-pools.ts";
import { fetchS3Outputs } from "../../../aws/outputs.ts";
import { inventory } from "../../../aws/sweep/inventory.ts";
import { environmentChargesOf, hourlyUsd } from "../../../catalog/environment-costs.ts";
import { sourced } from "../../../catalog/source.ts";
import type { ClusterApi } from "../../../cluster/api.ts";
import type { Pod } from "../../../cluster/objects.ts";
import { fetchLogOutputs } from "../../../cluster/outputs/fetch-log-outputs.ts";
import { clusterUsage } from "../../../cluster/usage/cluster-usage.ts";
import { karpenterMetrics } from "../../../cluster/usage/karpenter-metrics.ts";
import { removeTree, writeAtomic } from "../../../kernel/files.ts";
import { kinds } from "../../../lifecycle/kinds.ts";
import { runLabel } from "../../../lifecycle/labels.ts";
import { pricedBy } from "../../../lifecycle/node-observations.ts";
import type { Target, TargetRun } from "../../../lifecycle/target.ts";
import { placementProblems } from "../../../rehearsal/placement.ts";
import type { Environment } from "../../../spec/environment.ts";
import { outputsAccount, outputsPrefix } from "../../../spec/outputs.ts";
import { synthesizeObjects } from "../../../synth/kubernetes/objects.ts";
import { outputsServiceAccounts } from "../../../synth/kubernetes/outputs-account.ts";
import { prepareJob } from "../../../synth/kubernetes/prepare-job.ts";
import { outputsNotes, outputsProblems } from "../../../synth/kubernetes/prepare-job-checks.ts";
import type { OutputsPlan } from "../../../synth/kubernetes/prepare-job-outputs.ts";
import type { Context } from "../../context.ts";
import { type AccountFacts, accountFacts } from "./account-facts.ts";
import { accountOf } from "./account-step.ts";
import { awsPrices } from "./aws-prices.ts";
import { awsSteps, clusterEvent } from "./aws-steps.ts";
import { eksConnection } from "./eks-connection.ts";
import { findRun } from "./find-run.ts";
import { awsPlace } from "./place.ts";
import { deployOutputs, planDeploy } from "./plan.ts";

/** An AWS account: a network and an EKS cluster of the environment's own, nodes by Karpenter. */
export function awsTarget(context: Context, environment: Environment): Target {
  const { clock, commands, process } = context;
  const { region, aws } = environment;
  const place = awsPlace(environment);
  const clients = awsClients({ region, env: process.env, profile: aws.profile });
  const accountOptions = {
    ...{ clients, allowed: aws.accounts, record: place.account },
    problems: () => preflightProblems({ environment, clients, commands, env: process.env, now: clock.now() }),
  };
  const account = accountOf(accountOptions);
  let told: TargetRun["observe"] | undefined;
  const tell = (message: string) => void told?.(clusterEvent("Normal", message));
  const link = eksConnection({ context, environment, clients, place, account, tell });
  const known = accountFactsOf(environment, clients, account);
  const charges = environmentChargesOf(environment);
  const outputsOf = (run: string): OutputsPlan => {
    const { bucket } = known.now();
    const prefix = outputsPrefix(environment.name, run);
    return bucket === undefined ? { mode: "log" } : { mode: "s3", bucket, prefix, region };
  };
  const prices = awsPrices({ environment, clients, clock, cacheDir: place.prices });
  const parts = {
    ...{ context, environment, clients, place, link, account, accountOptions },
    ...{ facts: known.ask, usdPerHour: hourlyUsd(charges) },
  };

  return {
    name: "aws",
    scope: "cluster",
    kubeconfig: place.kubeconfig,
    speed: 1,
    simulated: [],
    charges: charges.map(sourced),
    estimates: [],
    admit: async () => void (await account()),
    preflight: async (jobs) => [...placementProblems(environment, jobs), ...outputsProblems(jobs)],
    steps(run) {
      told = run.observe;
      return awsSteps(parts, run);
    },
    plan: (run, signal) => planDeploy(parts, run, signal),
    outputs: (run, signal) => deployOutputs(parts, run, signal),
    objects: (facts) => synthesizeObjects(environment, facts),
    async settled(objects, signal) {
      const api = link.current() ?? (await link.connect());
      await waitForPools({ api, clock, signal }, objects);
    },
    prepare: (job, { run }) =>
      prepareJob(job, {
        environment: environment.name,
        run,
        timeoutMs: environment.timeoutMs,
        outputs: outputsOf(run),
      }),
    notes: (jobs, { run }) => outputsNotes(jobs, outputsOf(run)),
    async requisites(jobs) {
      const { bucket, roleArn, cluster } = await known.ask();
      if (bucket === undefined) return [];
      const namespaces = new Set(jobs.map(({ metadata }) => metadata.namespace ?? "default"));
      const role = roleArn(`${cluster}-outputs`);
      if (environment.cluster.identity === "pod-identity") {
        const association = { clusterName: cluster, serviceAccount: outputsAccount, roleArn: role };
        for (const namespace of namespaces) await ensurePodIdentity(clients, { ...association, namespace });
      }
      return outputsServiceAccounts({ environment: environment.name, namespaces, roleArn: role });
    },
    nodePrice: prices.nodePrice,
    prices: prices.load,
    async find() {
      const found = await findRun({ environment, clients, clock, facts: known.ask });
      // from here on no other account is taken for the one that it is in
      if (found !== undefined) await writeAtomic(place.account, `${await account()}\n`);
      return found;
    },
    connect: link.connect,
    now: link.now,
    async formerNodes({ run }) {
      const { cluster } = await known.ask();
      return (await endedInstances(clients, { cluster, run })).map((ended) => ({
        ...ended,
        // CreateFleet answers within a second
        requestedAt: ended.launchedAt,
        facts: { ...ended.facts, ...pricedBy(prices.nodePrice, ended.facts) },
      }));
    },
    usage: clusterUsage({ api: link.current, clock, pods: runPods }),
    async fetchOutputs(pod, directory) {
      const { bucket, account: owner } = await known.ask();
      if (bucket === undefined) return fetchLogOutputs(link.current(), pod, { directory });
      const prefix = outputsPrefix(environment.name, pod.metadata.labels?.[runLabel] ?? "");
      return fetchS3Outputs(clients, { bucket, prefix, account: owner }, pod, { directory });
    },
    async metrics(directory) {
      const api = link.current();
      return api === undefined ? [] : karpenterMetrics(api, directory, clock);
    },
    remains: async () => [],
    keptLog: async function* () {},
    provesAbsence: true,
    async leftovers() {
      const { scope } = await known.ask();
      const { checked, found, unchecked } = await inventory(clients, scope);
      return {
        checked,
        found: [
          ...found.map(({ kind, name, fix }) => ({ kind, name, fix })),
          ...unchecked.map(({ kind, why }) => ({ kind, name: `could not be looked for: ${why}` })),
        ],
      };
    },
    forget: () => removeTree(place.folder),
  };
}

interface KnownFacts {
  ask(): Promise<AccountFacts>;
  /** Once they were asked for. */
  now(): AccountFacts;
}

function accountFactsOf(environment: Environment, clients: AwsClients, account: () => Promise<string>): KnownFacts {
  let facts: AccountFacts | undefined;
  return {
    async ask() {
      facts ??= accountFacts(environment, clients, await account());
      return facts;
    },
    now() {
      if (facts === undefined) throw new Error("a job was prepared before its account was asked for");
      return facts;
    },
  };
}

/** Of whichever run: the cluster has one at a time. */
async function runPods(api: ClusterApi): Promise<Pod[]> {
  return (await api.list<Pod>({ ...kinds.pod, labelSelector: runLabel })).items;
}
