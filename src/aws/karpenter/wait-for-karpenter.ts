import { isApiError, type ObjectApi } from "../../cluster/api.ts";
import { conditionOf, type Deployment, type KubeEvent, type Pod } from "../../cluster/objects.ts";
import { karpenterNamespace as namespace } from "./charts.ts";
import { type ControllerView, controllerContainer, deploymentProblems, isAvailable } from "./deployment-problems.ts";
import type { Conditioned } from "./pool-problems.ts";
import { awaitReady, type ClusterWait } from "./wait-options.ts";

const crds = [
  "nodepools.karpenter.sh",
  "nodeclaims.karpenter.sh",
  "nodeoverlays.karpenter.sh",
  "ec2nodeclasses.karpenter.k8s.aws",
  "capacitybuffers.autoscaling.x-k8s.io",
];

/** Waits until the cluster serves Karpenter's kinds. Default 1 minute. Fails with NOT_READY. */
export async function waitForCrds(options: ClusterWait): Promise<void> {
  const unserved = async () => {
    const { items } = await options.api.list<Conditioned>({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
    });
    const isServed = (name: string) => {
      const found = items.find(({ metadata }) => metadata.name === name);
      return found !== undefined && conditionOf(found, "Established")?.status === "True";
    };
    return crds.filter((name) => !isServed(name));
  };
  await awaitReady(options, {
    what: "Karpenter's CRDs",
    defaultMs: 60_000,
    fix: "kubectl describe crd says more",
    problems: async () => (await unserved()).map((name) => `CRD ${name} is not established`),
    isThere: async () => (await unserved()).length === 0,
  });
}

/** Waits until Karpenter's controller works. Default 5 minutes. Fails with NOT_READY and the reasons it does not. */
export async function waitForKarpenter(options: ClusterWait): Promise<void> {
  const { api } = options;
  await awaitReady(options, {
    what: "Karpenter",
    defaultMs: 300_000,
    fix: "mend what is named, then run this again: it goes on where it was. kubectl -n kube-system logs deploy/karpenter says more",
    problems: async () => deploymentProblems(await viewController(api)),
    isThere: async () => isAvailable(await controllerOf(api)),
  });
}

/** Karpenter's Deployment; undefined where there is none. */
export async function controllerOf(api: ObjectApi): Promise<Deployment | undefined> {
  const metadata = { namespace, name: "karpenter" };
  try {
    return await api.read<Deployment>({ apiVersion: "apps/v1", kind: "Deployment", metadata });
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

async function viewController(api: ObjectApi): Promise<ControllerView> {
  const labelSelector = "app.kubernetes.io/name=karpenter,app.kubernetes.io/instance=karpenter";
  const [deployment, { items: pods }, { items: events }] = await Promise.all([
    controllerOf(api),
    api.list<Pod>({ apiVersion: "v1", kind: "Pod", namespace, labelSelector }),
    api.list<KubeEvent>({ apiVersion: "v1", kind: "Event", namespace }),
  ]);
  const logs = await Promise.all(pods.map(async (pod) => [pod.metadata.name ?? "", await lastLog(api, pod)] as const));
  return { deployment, pods, events, logs: new Map(logs) };
}

const keptLines = 50;

/** Of the run before the last restart where there was one: the present one may not have got far yet. */
async function lastLog(api: ObjectApi, { metadata, status }: Pod): Promise<string[]> {
  const restarted = (status?.containerStatuses ?? []).some(({ restartCount = 0 }) => restartCount > 0);
  const pod = { namespace, name: metadata.name ?? "" };
  for (const previous of restarted ? [true, false] : [false]) {
    const lines = await readLog(api, pod, previous);
    if (lines.length > 0) return lines;
  }
  return [];
}

/** A pod that has not started has no log, and says so by an error. */
async function readLog(
  api: ObjectApi,
  pod: { readonly namespace: string; readonly name: string },
  previous: boolean,
): Promise<string[]> {
  let text = "";
  try {
    for await (const part of api.logs(pod, { container: controllerContainer, previous })) text = tail(text + part);
  } catch (error) {
    if (!isApiError(error, 400) && !isApiError(error, 404)) throw error;
  }
  return text.split("\n").filter((line) => line !== "");
}

/** Logs can be long, and only the end counts. */
function tail(text: string): string {
  return text.split("\n").slice(-keptLines).join("\n");
}
