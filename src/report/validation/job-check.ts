import type { JobModel, NodeModel, PodModel, TimelineModel } from "../../timeline/model-types.ts";
import type { JobCheck, NodeCheck, ProvisioningSeconds } from "./check.ts";

/** What a timeline proves of one job's node. Pure. */
export function checkJob(job: JobModel, model: TimelineModel): JobCheck {
  const { namespace, name, status, node, gpus } = job;
  const pod = job.attempts.at(-1);
  const used = model.usage.find((usage) => usage.namespace === pod?.namespace && usage.pod === pod.name);
  const reasons = [...ownReasons(job), ...nodeReasons(job, model), ...releaseReasons(job, model)];
  const gone = node?.at.gone;
  return {
    namespace,
    name,
    kind: gpus > 0 ? "gpu" : "cpu",
    ok: reasons.length === 0,
    status,
    node: node === undefined ? null : nodeCheck(node, job),
    seconds: provisioning(job, pod),
    releasedAfterSeconds:
      gone === undefined || job.endedAt === undefined ? null : seconds(Math.max(0, gone - job.endedAt)),
    gpuPercent: used?.peakGpuPercent ?? null,
    reasons,
  };
}

function nodeCheck(node: NodeModel, job: JobModel): NodeCheck {
  const { name, pool = null, instanceType, capacityType, zone, gpus, gpu = null, priced, usd } = node;
  return {
    name,
    pool,
    family: instanceType.split(".")[0] ?? "",
    instanceType,
    capacityType,
    zone,
    gpus,
    gpu,
    provisioned: isProvisionedFor(node, job),
    usd: priced ? usd : null,
  };
}

/** Object times are whole seconds: what came right after the submission may seem a little older. */
function isProvisionedFor({ at }: NodeModel, { submittedAt }: JobModel): boolean {
  return at.requested !== undefined && at.requested >= wholeSecond(submittedAt);
}

const endings = {
  failed: "failed",
  "timed-out": "ran out of time",
  interrupted: "was interrupted",
  unfinished: "did not end",
} as const;

/** The job is a check of its own: of the device, say. */
function ownReasons({ status, exitCode, message, startedAt }: JobModel): string[] {
  if (status === "succeeded") return [];
  const code = status === "failed" && startedAt !== undefined && exitCode !== undefined;
  const words = [`its own check ${endings[status]}`, ...(code ? [`with exit code ${exitCode}`] : [])].join(" ");
  return [message === undefined ? words : `${words}: ${message}`];
}

function nodeReasons(job: JobModel, { waits }: TimelineModel): string[] {
  const { node, gpus } = job;
  if (node === undefined && job.startedAt !== undefined) return [unseen(job.attempts.at(-1))];
  if (node === undefined) {
    const wait = waits.findLast((each) => each.job === job.name && each.namespace === job.namespace);
    return [`no ${gpus > 0 ? "GPU node" : "node"} came up for it${wait === undefined ? "" : `: ${wait.reason}`}`];
  }
  return [
    ...(isProvisionedFor(node, job) ? [] : [`it ran on ${node.name}, which was there before it: none was provisioned`]),
    ...(gpus > 0 && node.gpus === 0 ? [`its node ${node.name} has no GPU`] : []),
  ];
}

/** A runner that died took its timeline along; or the node went while no command watched, and is forgotten. */
function unseen(pod: PodModel | undefined): string {
  return pod?.node === undefined
    ? "nobody saw the node that it ran on"
    : `nothing but the name is known of the node that it ran on, ${pod.node}: no command saw it, and nobody remembers it`;
}

/** After a job that failed nobody waits until its node is empty: then it is enough that the destroy took it away. */
function releaseReasons({ node, status }: JobModel, { phases }: TimelineModel): string[] {
  if (node === undefined) return [];
  if (node.at.gone === undefined) return [`its node ${node.name} is still there`];
  const destroyedFrom = phases.find(({ name }) => name === "destroy")?.spans[0]?.from;
  const isOurs = destroyedFrom !== undefined && (node.at.disrupted ?? node.at.gone) >= wholeSecond(destroyedFrom);
  return isOurs && status === "succeeded" ? [`its node ${node.name} was still there when the destroy began`] : [];
}

const states = ["requested", "launched", "registered", "ready"] as const;

/** Of a node that was there before the job, only the start counts. */
function provisioning(job: JobModel, pod: PodModel | undefined): ProvisioningSeconds {
  const { node } = job;
  const pending = pod?.at.created ?? job.submittedAt;
  const running = pod?.at.running;
  const isNew = node !== undefined && isProvisionedFor(node, job);
  const moments = isNew ? [pending, ...states.map((state) => node.at[state]), running] : [pending, running];
  const steps = moments.slice(1).map((at, index) => between(moments[index], at));
  const [requested = null, launched = null, registered = null, ready = null] = isNew ? steps : [];
  return { requested, launched, registered, ready, running: steps.at(-1) ?? null, total: between(pending, running) };
}

/** A replacement may be on its way before the pod that will run on it: then there was nothing to wait for. */
function between(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : seconds(Math.max(0, to - from));
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
