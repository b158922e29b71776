import { columns } from "../../kernel/text.ts";
import { plainText } from "../markup.ts";
import { secondsText } from "../words.ts";
import { type AutoscalingCheck, type JobCheck, jobName } from "./check.ts";
import { nodeText } from "./tables.ts";

const mostJobs = 8;

/** The check for people: a line for each job, and the verdict. Why it fails is told by its failure. */
export function checkText({ ok, jobs }: AutoscalingCheck): string {
  const head = ["JOB", "FOR", "NODE", "NEW", "RUNNING AFTER", "RELEASED AFTER", "CHECK"];
  const rows = jobs.slice(0, mostJobs).map(row);
  const left = jobs.length - rows.length;
  const table = jobs.length === 0 ? [] : [columns([head, ...rows], [4, 5])];
  const verdict = `check    autoscaling ${ok ? "works" : "is not proven"}`;
  return [...table, ...(left > 0 ? [`and ${left} more`] : []), verdict].join("\n");
}

function row(job: JobCheck): string[] {
  const { node, seconds, releasedAfterSeconds } = job;
  return [
    plainText(jobName(job)),
    job.kind === "gpu" ? "GPU" : "CPU",
    node === null ? "-" : nodeText(node),
    node?.provisioned === true ? "yes" : "no",
    seconds.total === null ? "-" : secondsText(seconds.total),
    releasedAfterSeconds === null ? "-" : secondsText(releasedAfterSeconds),
    job.ok ? "passed" : "failed",
  ];
}
