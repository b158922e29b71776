import { ApiError } from "../../../src/cluster/api.ts";
import type {
  AnyObject,
  ConfigMap,
  EC2NodeClass,
  Job,
  NodePool,
  ObjectMeta,
  Pod,
} from "../../../src/cluster/objects.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";

/** An empty cluster under a clock that stands still. */
export function openCore(historyLimit?: number) {
  const clock = manualClock();
  const core = createCore({ clock, random: seededRandom(1), ...(historyLimit !== undefined && { historyLimit }) });
  return { core, clock };
}

export function configMap(name: string, data: Record<string, string> = {}, metadata: ObjectMeta = {}): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default", ...metadata }, data };
}

export function pod(name: string, spec: object = {}, metadata: ObjectMeta = {}): Pod {
  const containers = [{ name: "c", image: "busybox:1" }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", ...metadata },
    spec: { containers, ...spec },
  };
}

export function job(name: string, spec: object = {}): Job {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox:1" }] } };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default" },
    spec: { template, ...spec },
  } as Job;
}

export function nodePool(name: string, spec: object = {}, claim: object = {}): NodePool {
  const nodeClassRef = { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default" };
  const template = { spec: { nodeClassRef, requirements: [{ key: "team", operator: "Exists" as const }], ...claim } };
  return { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name }, spec: { template, ...spec } };
}

export function nodeClass(name: string, spec: object = {}): EC2NodeClass {
  const terms = { amiSelectorTerms: [{ alias: "al2023@latest" }], subnetSelectorTerms: [{ tags: { a: "b" } }] };
  const more = { securityGroupSelectorTerms: [{ id: "sg-1" }], role: "r" };
  return {
    apiVersion: "karpenter.k8s.aws/v1",
    kind: "EC2NodeClass",
    metadata: { name },
    spec: { ...terms, ...more, ...spec },
  };
}

export function refOf(object: { apiVersion: string; kind: string; metadata: ObjectMeta }) {
  const { name = "", namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  };
}

/** The status and message with which something is refused; undefined when it is not. */
export function refusal(action: () => unknown): { status: number; message: string } | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, message: error.message };
  }
}

/** An object whose fields the test knows. */
export const loose = (object: unknown) => object as AnyObject;
