import { timestamp } from "../kernel/clock.ts";
import { humanUsd } from "../kernel/text.ts";
import type { ChargeModel, JobModel, NodeModel, PodModel, TimelineModel } from "../timeline/model-types.ts";
import { explainWait } from "./explain.ts";
import { relativeHref } from "./markup.ts";
import { approximate, bytesText, offsetText, percentText, secondsText } from "./words.ts";

export interface Cell {
  readonly text: string;
  /** Relative to the report's folder. */
  readonly href?: string;
  readonly tone?: "good" | "bad" | "quiet";
  /** Shown when pointed at. */
  readonly title?: string;
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
  /** Long text that may break. */
  readonly wide?: boolean;
}

/** A table as data: the page and the Markdown file print the same one. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly foot?: readonly Cell[];
  readonly notes?: readonly string[];
}

const dash: Cell = { text: "–", tone: "quiet" };

function cell(text: string | undefined, tone?: Cell["tone"]): Cell {
  if (text === undefined || text === "") return dash;
  return tone === undefined ? { text } : { text, tone };
}

const number = (title: string): Column => ({ title, numeric: true });

export function phasesTable({ phases, seconds, awsSeconds }: TimelineModel): Table {
  const estimates = phases.flatMap((phase) => phase.estimates);
  return {
    columns: [{ title: "Phase" }, { title: "Result" }, number("Took here"), number("To expect on AWS")],
    rows: phases.map((phase) => [
      cell(phase.name),
      phase.state === "succeeded" ? cell("succeeded", "good") : cell(phaseProblem(phase), "bad"),
      cell(secondsText(phase.seconds)),
      cell(approximate(secondsText(phase.awsSeconds), phase.estimates.length > 0)),
    ]),
    foot: [
      cell("All"),
      { text: "" },
      cell(secondsText(seconds)),
      cell(approximate(secondsText(awsSeconds), estimates.length > 0)),
    ],
    notes: estimates.map(
      ({ phase, name, seconds: extra, source }) => `≈ ${phase} includes ${secondsText(extra)} for ${name} (${source})`,
    ),
  };
}

function phaseProblem({ state, message }: { readonly state: string; readonly message?: string }): string {
  return message === undefined ? state : `${state}: ${message}`;
}

export function jobsTable({ jobs }: TimelineModel): Table {
  return {
    columns: [
      { title: "Job" },
      { title: "Result" },
      number("Exit code"),
      number("Attempts"),
      number("Pending"),
      number("Run"),
      { title: "Node", wide: true },
      { title: "Message", wide: true },
    ],
    rows: jobs.map((job) => [
      cell(`${job.namespace}/${job.name}`),
      cell(job.status, job.status === "succeeded" ? "good" : "bad"),
      cell(job.exitCode?.toString()),
      cell(String(job.attempts.length)),
      cell(secondsText(job.pendingSeconds)),
      job.startedAt === undefined ? dash : cell(secondsText(job.runSeconds)),
      cell(job.node && offerText(job.node)),
      cell(job.message),
    ]),
  };
}

function offerText({ instanceType, capacityType, zone }: NodeModel): string {
  return [instanceType, capacityType, zone].filter(Boolean).join(" ");
}

/** Every try of every job, and pods that belong to none. */
export function attemptsTable({ pods, span }: TimelineModel): Table {
  return {
    columns: [
      { title: "Pod" },
      { title: "Job" },
      { title: "Node" },
      number("Created"),
      number("Scheduled"),
      number("Running"),
      number("Ended"),
      { title: "Result", wide: true },
    ],
    rows: pods.map((pod) => [
      cell(pod.name),
      cell(pod.job),
      cell(pod.node),
      moment(pod.at.created, span.from),
      moment(pod.at.scheduled, span.from),
      moment(pod.at.running, span.from),
      moment(pod.endAt, span.from),
      podResult(pod),
    ]),
  };
}

function podResult({ end, exitCode, reason, message }: PodModel): Cell {
  if (end === undefined) return cell("unfinished", "quiet");
  if (end === "succeeded") return cell("succeeded", "good");
  const code = exitCode === undefined ? "" : ` (exit code ${exitCode})`;
  const why = [reason, message].filter(Boolean).join(": ");
  const what = end === "gone" ? "removed" : "failed";
  return cell(`${what}${code}${why === "" ? "" : `: ${why}`}`, "bad");
}

function moment(at: number | undefined, start: number): Cell {
  return at === undefined ? dash : { text: offsetText(at - start), title: timestamp(at) };
}

export function nodeTimesTable({ nodes, span }: TimelineModel): Table {
  const states = ["requested", "launched", "registered", "ready", "disrupted", "gone"] as const;
  return {
    columns: [
      { title: "Node" },
      { title: "Instance", wide: true },
      ...states.map((state) => number(capitalized(state))),
    ],
    rows: nodes.map((node) => [
      cell(node.name),
      cell(offerText(node)),
      ...states.map((state) => moment(node.at[state], span.from)),
    ]),
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What each node and each charge cost, against on demand and against being there all month. */
export function costTable(model: TimelineModel): Table {
  const { nodes, charges, compare, usd } = model;
  return {
    columns: [
      { title: "What" },
      { title: "Instance", wide: true },
      number("Billed for"),
      number("Busy"),
      number("Paid"),
      number("On demand"),
      number("Always on, a month"),
    ],
    rows: [...nodes.map(nodeCost), ...charges.map(chargeCost)],
    foot: [
      cell("All"),
      { text: "" },
      { text: "" },
      { text: "" },
      cell(humanUsd(usd)),
      cell(humanUsd(compare.onDemandUsd)),
      cell(humanUsd(compare.alwaysOnUsdPerMonth)),
    ],
    notes: costNotes(model),
  };
}

const hoursPerMonth = 730;

function nodeCost(node: NodeModel): Cell[] {
  const { billed, priced, priceEstimated } = node;
  if (billed === undefined) return [cell(node.name), cell("never launched", "quiet"), dash, dash, dash, dash, dash];
  const money = (usd: number, estimate: boolean) => cell(priced ? approximate(humanUsd(usd), estimate) : "no price");
  return [
    cell(node.name),
    cell(gpuOffer(node)),
    cell(
      `${secondsText((billed.to - billed.from) / 1000)}${node.open ? ", still there" : ""}`,
      node.open ? "bad" : undefined,
    ),
    cell(percentText(node.busy)),
    money(node.usd, priceEstimated),
    money(node.onDemandUsd, priceEstimated && node.capacityType === "on-demand"),
    money(node.onDemandUsdPerHour * hoursPerMonth, priceEstimated && node.capacityType === "on-demand"),
  ];
}

function gpuOffer(node: NodeModel): string {
  return node.gpus === 0 ? offerText(node) : `${offerText(node)}, ${node.gpus} × ${node.gpu ?? "GPU"}`;
}

function chargeCost({ name, seconds, usd, usdPerHour, source, open }: ChargeModel): Cell[] {
  const estimate = isEstimate(source);
  return [
    cell(name),
    cell("by the hour", "quiet"),
    cell(`${secondsText(seconds)}${open ? ", still there" : ""}`, open ? "bad" : undefined),
    dash,
    cell(approximate(humanUsd(usd), estimate)),
    cell(approximate(humanUsd(usd), estimate)),
    cell(approximate(humanUsd(usdPerHour * hoursPerMonth), estimate)),
  ];
}

function isEstimate(source: string): boolean {
  return source.startsWith("estimate");
}

function costNotes({ nodes, charges, phases }: TimelineModel): string[] {
  const estimated = nodes.filter((node) => node.priceEstimated);
  const added = phases.some(({ estimates }) => estimates.length > 0);
  return [
    "A node is billed from its launch until it is gone, by the second and for a minute at least (Amazon EC2 API Reference, StartInstances).",
    ...(added ? ["What is billed by the hour also counts the time that deploy and destroy take on AWS."] : []),
    "Always on is a month of 730 hours on demand; in the last row it is the dearest fleet that ran at once, not the sum.",
    ...(estimated.length > 0
      ? ["≈ the price is an estimate of the instance catalog, not a published or quoted one."]
      : []),
    ...(nodes.some(({ billed, priced }) => billed && !priced)
      ? ["A node without a price counts as nothing in the sums."]
      : []),
    ...charges.map(({ name, source, usdPerHour }) => `${name}: ${humanUsd(usdPerHour)} an hour (${source})`),
  ];
}

/** Where the time before the first start went. */
export function pendingTable({ jobs }: TimelineModel): Table {
  return {
    columns: [{ title: "Job" }, number("Pending"), number("For a node"), number("For image and start")],
    rows: jobs.map((job) => [cell(job.name), cell(secondsText(job.pendingSeconds)), ...pendingParts(job)]),
  };
}

function pendingParts(job: JobModel): Cell[] {
  const first = job.attempts.find(({ at }) => at.running !== undefined) ?? job.attempts[0];
  const { scheduled, running } = first?.at ?? {};
  return [
    scheduled === undefined ? dash : cell(secondsText(Math.max(0, scheduled - job.submittedAt) / 1000)),
    scheduled === undefined || running === undefined
      ? dash
      : cell(secondsText(Math.max(0, running - scheduled) / 1000)),
  ];
}

export function waitsTable({ waits, span }: TimelineModel): Table {
  return {
    columns: [
      { title: "Pod" },
      number("From"),
      number("For"),
      { title: "Reason given", wide: true },
      { title: "In other words", wide: true },
    ],
    rows: waits.map((wait) => [
      cell(wait.pod),
      moment(wait.span.from, span.from),
      cell(
        `${secondsText((wait.span.to - wait.span.from) / 1000)}${wait.open ? ", to the end" : ""}`,
        wait.open ? "bad" : undefined,
      ),
      cell(wait.reason),
      cell(explainWait(wait.reason)),
    ]),
  };
}

export function usageTable({ usage, pods }: TimelineModel): Table {
  const requests = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.requests]));
  const mostAndAsked = (used: string, asked: number | undefined, unit: string) =>
    cell(asked ? `${used} of ${asked}${unit}` : `${used}${unit}`);
  return {
    columns: [
      { title: "Pod" },
      number("CPU"),
      number("Memory"),
      number("GPU"),
      number("GPU memory"),
      number("Samples"),
    ],
    rows: usage.map((used) => {
      const asked = requests.get(`${used.namespace}/${used.pod}`);
      return [
        cell(used.pod),
        mostAndAsked(used.peakCpuMillis.toFixed(0), asked && Math.round(asked.cpuMillis), " m"),
        mostAndAsked(used.peakMemoryMib.toFixed(0), asked && Math.round(asked.memoryMib), " MiB"),
        cell(used.peakGpuPercent === undefined ? undefined : `${used.peakGpuPercent.toFixed(0)} %`),
        cell(used.peakGpuMemoryMib === undefined ? undefined : `${used.peakGpuMemoryMib.toFixed(0)} MiB`),
        cell(String(used.samples)),
      ];
    }),
    notes: ["The most that was seen, of what the pod asks for. A GPU is shown where a real device was measured."],
  };
}

export function outputsTable({ outputs }: TimelineModel): Table {
  return {
    columns: [{ title: "File", wide: true }, { title: "Pod" }, number("Size")],
    rows: outputs.map(({ path, pod, bytes }) => [
      { text: path, href: relativeHref(path) },
      cell(pod),
      cell(bytesText(bytes)),
    ]),
  };
}

/** The most events that are shown; the timeline has them all. */
const mostEvents = 500;

export function eventsTable({ events, span }: TimelineModel): Table {
  const groups = new Map<string, { readonly event: (typeof events)[number]; times: number }>();
  for (const event of events) {
    const key = JSON.stringify([event.kind, event.namespace, event.name, event.reason, event.message]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { event, times: 1 });
    else group.times += 1;
  }
  const shown = [...groups.values()].slice(0, mostEvents);
  const hidden = groups.size - shown.length;
  return {
    columns: [
      number("At"),
      { title: "Level" },
      { title: "Object" },
      { title: "Reason" },
      { title: "Message", wide: true },
      number("Times"),
    ],
    rows: shown.map(({ event, times }) => [
      moment(event.at, span.from),
      cell(event.level, event.level === "Warning" ? "bad" : "quiet"),
      cell(`${event.kind} ${event.name}`),
      cell(event.reason),
      cell(event.message),
      cell(String(times)),
    ]),
    ...(hidden > 0 && { notes: [`${hidden} more are in timeline.jsonl.`] }),
  };
}

export function leftoversTable({ leftovers }: TimelineModel): Table {
  return {
    columns: [{ title: "Kind" }, { title: "Name", wide: true }, { title: "Command that removes it", wide: true }],
    rows: (leftovers?.found ?? []).map(({ kind, name, fix }) => [cell(kind), cell(name, "bad"), cell(fix)]),
  };
}
