import { humanUsd } from "../../kernel/text.ts";
import { type Cell, cell, number, type Table } from "../tables/table.ts";
import { secondsText } from "../words.ts";
import { type AutoscalingCheck, type JobCheck, jobName, type NodeCheck } from "./check.ts";

/** What came up for each job, and when it went away. */
export function validationTable({ jobs }: AutoscalingCheck): Table {
  return {
    columns: [
      { title: "Job" },
      { title: "For" },
      { title: "Its own check" },
      { title: "Node", wide: true },
      { title: "Provisioned for it" },
      number("Released after"),
      number("Node's cost"),
      number("GPU used"),
    ],
    rows: jobs.map((job) => [
      cell(jobName(job)),
      cell(job.kind === "gpu" ? "GPU" : "CPU"),
      cell(job.status, job.status === "succeeded" ? "good" : "bad"),
      cell(job.node === null ? "none" : nodeText(job.node), job.node === null ? "bad" : undefined),
      provisioned(job.node),
      job.releasedAfterSeconds === null ? cell("not released", "bad") : cell(secondsText(job.releasedAfterSeconds)),
      cell(job.node === null ? undefined : costText(job.node)),
      cell(gpuText(job)),
    ]),
  };
}

/** Where the time from Pending to Running went. */
export function provisioningTable({ jobs }: AutoscalingCheck): Table {
  const steps = ["requested", "launched", "registered", "ready", "running", "total"] as const;
  const titles = ["Node requested", "Launched", "Registered", "Ready", "Running", "Pending to Running"];
  return {
    columns: [{ title: "Job" }, ...titles.map(number)],
    rows: jobs.map((job) => [cell(jobName(job)), ...steps.map((step) => took(job.seconds[step]))]),
  };
}

/** `g4dn.xlarge spot us-east-1a, 1 × t4`. */
export function nodeText({ instanceType, capacityType, zone, gpus, gpu }: NodeCheck): string {
  const place = [instanceType, capacityType, zone].filter(Boolean).join(" ");
  return gpus === 0 ? place : `${place}, ${gpus} × ${gpu ?? "GPU"}`;
}

function provisioned(node: NodeCheck | null): Cell {
  return node?.provisioned === true ? cell("yes", "good") : cell("no", "bad");
}

function costText({ usd }: NodeCheck): string {
  return usd === null ? "price unknown" : humanUsd(usd);
}

function gpuText({ kind, gpuPercent }: JobCheck): string | undefined {
  if (kind === "cpu") return undefined;
  return gpuPercent === null ? "not measured" : `up to ${gpuPercent.toFixed(0)} %`;
}

function took(seconds: number | null): Cell {
  return cell(seconds === null ? undefined : secondsText(seconds));
}
