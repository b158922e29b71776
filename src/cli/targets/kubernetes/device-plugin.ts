import type { IPodSpec } from "kubernetes-models/v1/PodSpec";

import { isApiError, type ObjectApi } from "../../../cluster/api.ts";
import { type EC2NodeClass, type KubeObject, keyOf } from "../../../cluster/objects.ts";
import { untolerated } from "../../../planner/taints.ts";
import type { Environment } from "../../../spec/environment.ts";
import { environmentTaint } from "../../../synth/kubernetes/labels.ts";

interface DaemonSet extends KubeObject {
  readonly spec: { readonly template: { readonly spec: IPodSpec } };
}

/** What will offer the GPUs of the environment's nodes to pods. */
export type DevicePlugin = "let in" | "not found" | "unknown" | { readonly keptOut: string };

/**
 * Whether the cluster's NVIDIA device plugin can run on nodes that are tainted as the environment's: without it a node is
 * paid for, never offers its GPUs, never becomes Initialized, and so is never let go as empty. Bottlerocket brings its own.
 * Unknown where this user may not list DaemonSets.
 */
export async function devicePlugin(
  api: ObjectApi,
  environment: Environment,
  nodeClass: EC2NodeClass,
): Promise<DevicePlugin> {
  if (isBottlerocket(nodeClass)) return "let in";
  const daemons = await listDaemons(api);
  if (daemons === undefined) return "unknown";
  const plugins = daemons.filter(({ spec }) => spec.template.spec.containers.some(isPlugin));
  const [first] = plugins;
  if (first === undefined) return "not found";
  const taints = [environmentTaint(environment)];
  const isLetIn = ({ spec }: DaemonSet) => untolerated(taints, spec.template.spec.tolerations ?? []) === undefined;
  return plugins.some(isLetIn) ? "let in" : { keptOut: keptOut(first, taints[0]?.key ?? "") };
}

function isBottlerocket({ spec }: EC2NodeClass): boolean {
  const aliases = spec.amiSelectorTerms.map((term) => String(term["alias"] ?? ""));
  return [spec.amiFamily ?? "", ...aliases].some((name) => /^bottlerocket\b/i.test(name));
}

/** NVIDIA's own, those of its GPU operator, and copies of them in other registries. */
function isPlugin({ image = "" }: { readonly image?: string }): boolean {
  return /k8s-device-plugin|nvidia-device-plugin|nvidia-gpu-device-plugin/.test(image);
}

async function listDaemons(api: ObjectApi): Promise<readonly DaemonSet[] | undefined> {
  try {
    return (await api.list<DaemonSet>({ apiVersion: "apps/v1", kind: "DaemonSet" })).items;
  } catch (error) {
    if (isApiError(error, 403) || isApiError(error, 404)) return undefined;
    throw error;
  }
}

function keptOut(daemon: DaemonSet, key: string): string {
  const { namespace, name } = daemon.metadata;
  const toleration = { key, operator: "Exists", effect: "NoSchedule" };
  const path = "/spec/template/spec/tolerations";
  const has = daemon.spec.template.spec.tolerations !== undefined;
  const patch = JSON.stringify([{ op: "add", path: has ? `${path}/-` : path, value: has ? toleration : [toleration] }]);
  return `the device plugin ${keyOf(daemon)} does not tolerate ${key}: on the pools' nodes it would not run, and their GPUs would not be offered; kubectl -n ${namespace} patch daemonset ${name} --type json -p '${patch}', or the same in the settings of what manages it`;
}
