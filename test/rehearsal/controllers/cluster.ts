import type { Offering } from "../../../src/catalog/instance-type.ts";
import type { Job, KubeEvent, Node, NodeClaim, NodePool, Pod } from "../../../src/cluster/objects.ts";
import { timestamp } from "../../../src/kernel/clock.ts";
import { type ManualClock, manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { type ControllersOptions, startControllers } from "../../../src/rehearsal/controllers/controllers.ts";
import { writeConditions } from "../../../src/rehearsal/core/conditions.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import { startGarbageCollector } from "../../../src/rehearsal/core/gc.ts";
import type { Entry, Journal } from "../../../src/rehearsal/core/journal.ts";
import type { SimulatedEc2 } from "../../../src/rehearsal/ec2/fleet.ts";
import { createFaults, type Faults } from "../../../src/rehearsal/faults/faults.ts";
import { market } from "../../planner/catalog.ts";

export const second = 1000;
export const minute = 60_000;
const source = { name: "made up for a test", asOf: "2026-01-01", estimate: true };

export interface Cluster {
  readonly core: Core;
  readonly clock: ManualClock;
  readonly fleet: SimulatedEc2;
  /** None at first. */
  readonly faults: Faults;
  /** What controllers threw: tests expect none. */
  readonly errors: string[];
  advance(ms: number): Promise<void>;
  /** Ends the controllers and starts others on what is there. */
  restart(): void;
  stop(): void;
  pods(): readonly Pod[];
  /** Every pod there ever was, oldest first, as it was last. */
  history(): readonly Pod[];
  nodes(): readonly Node[];
  claims(): readonly NodeClaim[];
  /** Counts that are not there are 0, as every client reads them. */
  job(name: string): Job;
  /** Messages of events with this reason. */
  events(reason: string): string[];
}

export interface ClusterOptions extends Partial<Pick<ControllersOptions, "shortages" | "interruptSpotAfterMs">> {
  readonly offerings?: readonly Offering[];
  readonly pools?: readonly NodePool[];
  readonly seed?: number;
  /** How long a pod runs, and what it exits with, by the number of its start. Default 30 s and 0. */
  readonly run?: (pod: Pod, start: number) => { readonly ms: number; readonly exitCode: number };
  /** Starts another kubelet than the one that only waits; returns how to stop it. */
  readonly kubelet?: (core: Core, clock: ManualClock, faults: Faults) => () => void;
}

/** A whole cluster under a manual clock: latencies of 5, 40 and 20 s, termination 30 s, and a kubelet that only waits. */
export function startCluster(options: ClusterOptions = {}): Cluster {
  const clock = manualClock();
  const random = seededRandom(options.seed ?? 1);
  const core = createCore({ clock, random });
  const faults = createFaults({ clock, random: seededRandom(1) });
  const stopCollector = startGarbageCollector(core);
  const run = options.run ?? (() => ({ ms: 30 * second, exitCode: 0 }));
  const stopKubelet = options.kubelet?.(core, clock, faults) ?? fakeKubelet(core, clock, run);
  for (const pool of options.pools ?? [nodePool("cpu"), gpuNodePool()]) core.create(pool);
  const errors: string[] = [];
  const history = new Map<string, Pod>();
  core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ object }) =>
    history.set(object.metadata.uid ?? "", object),
  );
  const kept = new Map<string, Entry>();
  const journal: Journal = {
    restored: (owns) => [...kept.values()].filter(({ table }) => owns(table)),
    append: (entry) => void kept.set(`${entry.table} ${entry.key}`, entry),
    flush: () => undefined,
    contents: () => {},
  };
  const settings = {
    core,
    journal,
    clock,
    random,
    faults,
    region: "us-east-1",
    offerings: options.offerings ?? market,
    launchLatency: () => ({ launchMs: 5 * second, registerMs: 40 * second, initializeMs: 20 * second, source }),
    terminateMs: () => 30 * second,
    shortages: options.shortages ?? [],
    ...(options.interruptSpotAfterMs !== undefined && { interruptSpotAfterMs: options.interruptSpotAfterMs }),
    onError: (where: string, error: unknown) =>
      errors.push(`${where}: ${error instanceof Error ? error.stack : error}`),
  };
  let controllers = startControllers(settings);
  return {
    core,
    clock,
    get fleet() {
      return controllers.fleet;
    },
    restart() {
      controllers.stop();
      controllers = startControllers(settings);
    },
    faults,
    errors,
    advance: clock.advance,
    stop() {
      controllers.stop();
      stopKubelet();
      stopCollector();
    },
    pods: () => core.list<Pod>({ apiVersion: "v1", kind: "Pod" }).items,
    history: () => [...history.values()],
    nodes: () =>
      core.list<Node>({ apiVersion: "v1", kind: "Node" }).items.filter(({ metadata }) => metadata.name !== "system"),
    claims: () => core.list<NodeClaim>({ apiVersion: "karpenter.sh/v1", kind: "NodeClaim" }).items,
    job(name) {
      const found = core.read<Job>({ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: "default" } });
      return { ...found, status: { active: 0, succeeded: 0, failed: 0, ...found.status } };
    },
    events: (reason) =>
      core
        .list<KubeEvent>({ apiVersion: "v1", kind: "Event" })
        .items.filter((event) => event.reason === reason)
        .map(({ message }) => message ?? ""),
  };
}

/** Starts each bound pod at once, ends it after its time, and removes it when it is deleted. */
function fakeKubelet(core: Core, clock: ManualClock, run: NonNullable<ClusterOptions["run"]>): () => void {
  const started = new Set<string>();
  const write = (pod: Pod, status: object) => {
    const ref = refTo(pod);
    if (core.find<Pod>(ref)?.metadata.uid === pod.metadata.uid) core.patch(ref, { status }, { subresource: "status" });
  };
  const end = (pod: Pod, exitCode: number, startedAt: string) => {
    const phase = core.find<Pod>(refTo(pod))?.status?.phase;
    if (phase !== "Running") return;
    const terminated = {
      exitCode,
      startedAt,
      finishedAt: timestamp(clock.now()),
      reason: exitCode === 0 ? "Completed" : "Error",
    };
    writeConditions({ core, clock }, pod, [{ type: "Ready", status: "False", reason: "PodCompleted" }], {
      fieldManager: "kubelet",
    });
    write(pod, {
      phase: exitCode === 0 ? "Succeeded" : "Failed",
      containerStatuses: [
        { name: "main", image: "i", imageID: "", ready: false, restartCount: 0, state: { terminated } },
      ],
    });
  };
  const begin = (pod: Pod) => {
    started.add(pod.metadata.uid ?? "");
    const { ms, exitCode } = run(pod, started.size);
    const startedAt = timestamp(clock.now());
    writeConditions({ core, clock }, pod, [{ type: "Ready", status: "True" }], {
      fieldManager: "kubelet",
      status: { phase: "Running", startTime: startedAt },
    });
    clock.schedule(ms, () => end(pod, exitCode, startedAt));
  };
  return core.subscribe<Pod>({ apiVersion: "v1", kind: "Pod" }, ({ type, object }) => {
    const node = object.spec?.nodeName;
    if (
      type === "DELETED" ||
      !node ||
      core.find({ apiVersion: "v1", kind: "Node", metadata: { name: node } }) === undefined
    )
      return;
    if (object.metadata.deletionTimestamp !== undefined && object.metadata.deletionGracePeriodSeconds !== 0) {
      const grace = (object.metadata.deletionGracePeriodSeconds ?? 0) * second;
      clock.schedule(Math.min(grace, 2 * second), () => {
        end(object, 143, timestamp(clock.now()));
        if (core.find(refTo(object)) !== undefined) core.delete(refTo(object), { gracePeriodSeconds: 0 });
      });
    } else if (!started.has(object.metadata.uid ?? "")) clock.schedule(0, () => begin(object));
  });
}

export function refTo({ apiVersion, kind, metadata }: Pod | Job | NodePool | NodeClaim | Node) {
  const { name = "", namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

type PoolSpec = NodePool["spec"];

export function nodePool(name: string, spec: Partial<PoolSpec> = {}, families = ["m7i"]): NodePool {
  return {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name },
    spec: {
      disruption: { consolidationPolicy: "WhenEmpty", consolidateAfter: "30s", budgets: [{ nodes: "100%" }] },
      template: {
        spec: {
          requirements: [
            { key: "karpenter.k8s.aws/instance-family", operator: "In", values: families },
            { key: "karpenter.sh/capacity-type", operator: "In", values: ["spot", "on-demand"] },
          ],
          nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "default" },
          terminationGracePeriod: "5m",
        },
      },
      ...spec,
    },
  };
}

export function gpuNodePool(spec: Partial<PoolSpec> = {}): NodePool {
  const pool = nodePool("gpu", spec, ["g5"]);
  pool.spec.template.spec.taints = [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }];
  return pool;
}

export interface JobFacts {
  readonly cpu?: string;
  readonly gpus?: number;
  readonly disk?: string;
  readonly spec?: Partial<NonNullable<Job["spec"]>>;
  readonly annotations?: Record<string, string>;
  readonly nodeSelector?: Record<string, string>;
  readonly restartPolicy?: "Never" | "OnFailure";
}

export function job(name: string, facts: JobFacts = {}): Job {
  const { cpu = "1", gpus = 0, disk, spec = {}, annotations, nodeSelector, restartPolicy = "Never" } = facts;
  const requests = {
    ...{ cpu, memory: "1Gi", ...(disk !== undefined && { "ephemeral-storage": disk }) },
    ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }),
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default" },
    spec: {
      template: {
        metadata: { ...(annotations && { annotations }) },
        spec: {
          restartPolicy,
          containers: [
            {
              name: "main",
              image: "i",
              resources: { requests, ...(gpus > 0 && { limits: { "nvidia.com/gpu": String(gpus) } }) },
            },
          ],
          ...(gpus > 0 && { tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] }),
          ...(nodeSelector && { nodeSelector }),
        },
      },
      ...spec,
    },
  };
}
