import type { JobModel, PodModel, TimelineModel } from "../../timeline/model-types.ts";
import { secondsText } from "../words.ts";
import { type Cell, cell, dash, moment, number, offerText, type Table } from "./table.ts";

/** Jobs with the exit code of each attempt; the message is shown when any has one. */
export function jobsTable({ jobs }: TimelineModel): Table {
  const explained = jobs.some(({ message }) => message !== undefined);
  return {
    columns: [
      { title: "Job" },
      { title: "Result" },
      number("Attempts"),
      number("Exit codes"),
      number("Pending"),
      number("Run"),
      { title: "Node", wide: true },
      ...(explained ? [{ title: "Message", wide: true }] : []),
    ],
    rows: jobs.map((job) => [
      cell(`${job.namespace}/${job.name}`),
      cell(job.status, job.status === "succeeded" ? "good" : "bad"),
      cell(String(job.attempts.length)),
      cell(job.attempts.map(({ exitCode }) => exitCode ?? "–").join(", ")),
      cell(secondsText(job.pendingSeconds)),
      job.startedAt === undefined ? dash : cell(secondsText(job.runSeconds)),
      cell(job.node === undefined ? job.attempts.at(-1)?.node : offerText(job.node)),
      ...(explained ? [cell(job.message)] : []),
    ]),
  };
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
    columns: [{ title: "Pod" }, number("From"), number("For"), { title: "Reason", wide: true }],
    rows: waits.map((wait) => [
      cell(wait.pod),
      moment(wait.span.from, span.from),
      cell(
        `${secondsText((wait.span.to - wait.span.from) / 1000)}${wait.open ? ", to the end" : ""}`,
        wait.open ? "bad" : undefined,
      ),
      cell(wait.reason),
    ]),
  };
}

export function usageTable({ usage, pods }: TimelineModel): Table {
  const requests = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.requests]));
  const mostAndAsked = (used: number | undefined, asked: number | undefined, unit: string) => {
    if (used === undefined) return dash;
    return cell(`${used.toFixed(0)}${asked ? ` of ${Math.round(asked)}` : ""}${unit}`);
  };
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
        mostAndAsked(used.peakCpuMillis, asked?.cpuMillis, " m"),
        mostAndAsked(used.peakMemoryMib, asked?.memoryMib, " MiB"),
        cell(used.peakGpuPercent === undefined ? undefined : `${used.peakGpuPercent.toFixed(0)} %`),
        cell(used.peakGpuMemoryMib === undefined ? undefined : `${used.peakGpuMemoryMib.toFixed(0)} MiB`),
        cell(String(used.samples)),
      ];
    }),
    notes: ["The most that was seen, of what the pod asks for. A GPU is shown where a real device was measured."],
  };
}
