import { instanceType } from "../../catalog/instance-types.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import type { NodeModel, TimelineModel } from "../../timeline/model-types.ts";
import { type EntryOf, grouped, only } from "../../timeline/order.ts";
import type { WorkloadUsage } from "../../trace/utilization.ts";

/** Samples are taken every half minute or so; a pod that is seen more seldom was not watched. */
const [leastStep, mostStep] = [15, 300];
const mostSamples = 1e6;

/** What the GPUs of each pod were measured to do, as far as a timeline tells. */
export function usagesOf(entries: readonly TimelineEntry[], model: TimelineModel): readonly WorkloadUsage[] {
  const measured = only(entries, "usage").filter(({ gpus }) => gpus !== undefined && gpus.length > 0);
  return [...grouped(measured, ({ namespace, pod }) => `${namespace}/${pod}`)].flatMap(
    ([name, own]) => usageOf(name, own, model) ?? [],
  );
}

function usageOf(name: string, entries: readonly EntryOf<"usage">[], model: TimelineModel): WorkloadUsage | undefined {
  const ordered = [...entries].sort((a, b) => a.at - b.at);
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (first === undefined || last === undefined || ordered.length < 2) return undefined;
  const stepSeconds = stepOf(ordered);
  const samples = Math.floor((last.at - first.at) / (stepSeconds * 1000)) + 1;
  const node = nodeOf(name, model);
  const gpus = Math.max(...ordered.map(({ gpus = [] }) => gpus.length));
  if (samples > mostSamples || gpus > 64) return undefined;
  const column = () => new Float64Array(samples).fill(Number.NaN);
  const type = instanceType(node?.instanceType ?? "");
  const devices = Array.from({ length: gpus }, () => ({
    engineActive: column(),
    memoryUsedMib: column(),
    memoryTotalMib: type?.gpu?.memoryMib ?? 0,
  }));
  for (const { at, gpus = [] } of ordered) {
    const place = Math.floor((at - first.at) / (stepSeconds * 1000));
    gpus.forEach(({ utilizationPercent, memoryMib }, index) => {
      const device = devices[index];
      if (device === undefined) return;
      device.engineActive[place] = utilizationPercent / 100;
      device.memoryUsedMib[place] = memoryMib;
    });
  }
  const job = model.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)?.job;
  return {
    name,
    ...(job !== undefined && { user: `job ${job}` }),
    kind: "job",
    startMs: first.at,
    stepSeconds,
    samples,
    ...(node?.gpu !== undefined && { gpu: node.gpu }),
    ...(node && { instanceType: node.instanceType }),
    ...(node?.priced && node.gpus > 0 && { usdPerHour: (node.usdPerHour * Math.min(gpus, node.gpus)) / node.gpus }),
    devices,
  };
}

/** Half of the gaps between samples are shorter. */
function stepOf(ordered: readonly EntryOf<"usage">[]): number {
  const gaps = ordered.slice(1).map(({ at }, index) => (at - (ordered[index]?.at ?? at)) / 1000);
  const median = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? leastStep;
  return Math.min(mostStep, Math.max(leastStep, Math.ceil(median)));
}

function nodeOf(name: string, { pods, nodes }: TimelineModel): NodeModel | undefined {
  const pod = pods.find((each) => `${each.namespace}/${each.name}` === name);
  return nodes.find((node) => node.name === pod?.node);
}
