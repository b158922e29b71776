import { join } from "node:path";

import { type Helm, openHelm, type Release } from "../../aws/helm/helm.ts";
import type { HelmOptions } from "../../aws/helm/helm-run.ts";
import { karpenterNamespace, karpenterReleases, karpenterVersion, releaseNames } from "../../aws/karpenter/charts.ts";
import type { ControllerOptions } from "../../aws/karpenter/controller-values.ts";
import { isAvailable } from "../../aws/karpenter/deployment-problems.ts";
import { type DrainOptions, drainNodes, endInstances } from "../../aws/karpenter/drain.ts";
import { controllerOf, waitForCrds, waitForKarpenter } from "../../aws/karpenter/wait-for-karpenter.ts";
import type { ClusterWait } from "../../aws/karpenter/wait-options.ts";
import type { ObjectApi } from "../../cluster/api.ts";
import { Failure, isInterruption, messageOf } from "../../kernel/failure.ts";
import type { Step } from "../../lifecycle/step.ts";
import type { Environment } from "../../spec/environment.ts";

export interface KarpenterStepOptions
  extends Pick<HelmOptions, "commands" | "env" | "clock" | "kubeconfig">,
    DrainOptions,
    Omit<ControllerOptions, "roleArn"> {
  readonly environment: Environment;
  /** The target's folder, `.aura/<name>/target`: helm's is made in it. */
  readonly directory: string;
  /** ARN of the controller's role (Terraform's output `karpenterRoleArn`); asked only where `cluster.identity` is irsa. */
  readonly roleArn: () => Promise<string>;
  /** Undefined when the cluster is gone or does not answer: soon, for the teardown waits for it. */
  readonly connect: () => Promise<ObjectApi | undefined>;
  /** For the controller to work, in milliseconds. Default 5 minutes. */
  readonly readyTimeoutMs?: number;
  /** For nodes to go, in milliseconds. Default 8 minutes. */
  readonly drainTimeoutMs?: number;
}

/**
 * Karpenter, its CRDs and NVIDIA's device plugin in the cluster. Undone, no node that Karpenter made is left: they are
 * drained while it still works, its instances are ended where it does not, and only then the charts go. Charts that
 * cannot be taken away are no failure: they go with the cluster.
 */
export function karpenterStep(options: KarpenterStepOptions): Step {
  const { connect, clock, instances, warn } = options;
  const open = helmOf(options);
  const releases = () => releasesOf(options);
  const waiting = (api: ObjectApi, signal: AbortSignal, timeoutMs: number | undefined): ClusterWait => ({
    ...{ api, clock, signal, tell: (problems) => warn(problems.join("; ")) },
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  return {
    name: "karpenter",
    phase: "deploy",
    title: `Karpenter ${karpenterVersion}`,
    async observe(signal) {
      const api = await connect();
      if (api === undefined) return (await instances.list(signal)).length === 0 ? "absent" : "partial";
      const states = await releaseStates(open, releases, signal).catch(orPartial);
      if (states.every((state) => state === "absent"))
        return (await instances.list(signal)).length === 0 ? "absent" : "partial";
      const isWhole = states.every((state) => state === "present") && isAvailable(await controllerOf(api));
      return isWhole ? "present" : "partial";
    },
    async ensure(signal) {
      const helm = await open();
      const api = await connect();
      if (api === undefined) throw unreachable();
      const [crds, ...rest] = await releases();
      if (crds !== undefined) await helm.upgradeInstall(crds, signal);
      await waitForCrds(waiting(api, signal, undefined));
      for (const release of rest) await helm.upgradeInstall(release, signal);
      await waitForKarpenter(waiting(api, signal, options.readyTimeoutMs));
    },
    async undo(signal) {
      const api = await connect();
      const isDrained = api !== undefined && (await drained(waiting(api, signal, options.drainTimeoutMs), options));
      if (isDrained) await takeCharts(open, warn, signal);
      else await endInstances(options, signal);
    },
  };
}

function unreachable(): Failure {
  return new Failure("CLUSTER_UNREACHABLE", "the cluster that Karpenter is for does not answer", {
    fix: "aura doctor, then run this again: it goes on where it was",
  });
}

/** False when the cluster stops answering meanwhile. */
async function drained(wait: ClusterWait, options: DrainOptions): Promise<boolean> {
  try {
    await drainNodes(wait, options);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "CLUSTER_UNREACHABLE") return false;
    throw error;
  }
}

/** Helm, looked for once and only when it is needed. */
function helmOf({ commands, env, clock, directory, kubeconfig }: KarpenterStepOptions): () => Promise<Helm> {
  let helm: Promise<Helm> | undefined;
  return () => {
    helm ??= openHelm({ commands, env, clock, kubeconfig, directory: join(directory, "helm") });
    return helm;
  };
}

async function releasesOf({ environment, roleArn, featureGates, logLevel }: KarpenterStepOptions): Promise<Release[]> {
  const isIrsa = environment.cluster.identity === "irsa";
  return karpenterReleases(environment, {
    ...(isIrsa && { roleArn: await roleArn() }),
    ...(featureGates !== undefined && { featureGates }),
    ...(logLevel !== undefined && { logLevel }),
  });
}

type State = Awaited<ReturnType<Helm["state"]>>;

async function releaseStates(
  open: () => Promise<Helm>,
  releases: () => Promise<Release[]>,
  signal: AbortSignal,
): Promise<State[]> {
  const helm = await open();
  const states: State[] = [];
  for (const release of await releases()) states.push(await helm.state(release, signal));
  return states;
}

/** Where helm cannot say, or Terraform's outputs are gone, both ways are open: what is wrong is told when it is needed. */
function orPartial(error: unknown): State[] {
  if (isInterruption(error)) throw error;
  return ["partial"];
}

async function takeCharts(
  open: () => Promise<Helm>,
  warn: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const helm = await open();
    for (const name of releaseNames) await helm.uninstall({ name, namespace: karpenterNamespace }, signal);
  } catch (error) {
    signal.throwIfAborted();
    warn(`${messageOf(error)}; it goes with the cluster`);
  }
}
