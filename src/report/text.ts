import { columns, count, humanUsd } from "../kernel/text.ts";
import { datedSourceText } from "../timeline/price-sources.ts";
import type { JobSummary, NodeSummary, Summary } from "../timeline/summary.ts";
import { plainText } from "./markup.ts";
import { listed, percentText, roughDuration, secondsText } from "./words.ts";

const mostJobs = 4;
const mostNodes = 3;
const mostLeftovers = 2;
const mostPrices = 3;

/**
 * The end of a run for people, about twenty lines at most: jobs, nodes, cost, what is left, where the report is.
 * `stopped` says how people ended it themselves, which is no failure.
 */
export function summaryText(summary: Summary, stopped?: "interrupted" | "declined"): string {
  const ending = [moneyLine(summary), priceLines(summary), simulatedLine(summary), leftLines(summary)]
    .filter(Boolean)
    .join("\n");
  const blocks = [verdictLine(summary, stopped), jobLines(summary), nodeLines(summary), ending];
  return blocks.filter(Boolean).join("\n\n");
}

function verdictLine({ ok, phases, jobs, environment, target }: Summary, stopped: string | undefined): string {
  const here = phases.reduce((total, { seconds }) => total + seconds, 0);
  const aws = phases.reduce((total, { awsSeconds }) => total + awsSeconds, 0);
  const failed = phases.filter((phase) => !phase.ok).map(({ name }) => name);
  const ending = stopped ?? (jobs.some(({ status }) => status === "interrupted") ? "interrupted" : "failed");
  const word = ok ? "ok" : failed.length === 0 ? ending : `${ending} in ${listed(failed)}`;
  const time = target === "rehearsal" ? `${secondsText(here)} here, ${roughDuration(aws)} on AWS` : roughDuration(aws);
  return [environment, target, word, time].filter(Boolean).join(" · ");
}

function simulatedLine({ target }: Summary): string {
  return target === "rehearsal"
    ? "note     images, network, devices, delays and prices are simulated; nothing is billed"
    : "";
}

function jobLines({ jobs }: Summary): string {
  if (jobs.length === 0) return "";
  const head = ["JOB", "STATUS", "EXIT", "PENDING", "RUN", "NODE"];
  const rows = jobs.slice(0, mostJobs).map(jobRow);
  return [columns([head, ...rows], [2, 3, 4]), ...more(jobs.length - mostJobs, "job")].join("\n");
}

function jobRow(job: JobSummary): string[] {
  const { node } = job;
  return [
    plainText(job.name),
    job.attempts > 1 ? `${job.status}, attempt ${job.attempts}` : job.status,
    job.exitCode === null ? "-" : String(job.exitCode),
    secondsText(job.pendingSeconds),
    secondsText(job.runSeconds),
    node === null ? "-" : offer(node),
  ];
}

function offer({ instanceType, capacityType, zone, gpus }: NonNullable<JobSummary["node"]> | NodeSummary): string {
  const place = [instanceType, capacityType, zone].filter(Boolean).join(" ");
  return gpus === 0 ? place : `${place}, ${count(gpus, "GPU")}`;
}

function nodeLines({ nodes }: Summary): string {
  const launched = nodes.filter(({ launchedAt }) => launchedAt !== null);
  if (launched.length === 0) return "";
  const rows = launched
    .slice(0, mostNodes)
    .map((node) => [plainText(node.name), offer(node), percentText(node.busy), costText(node)]);
  return [
    columns([["NODE", "INSTANCE", "BUSY", "COST"], ...rows], [2, 3]),
    ...more(launched.length - mostNodes, "node"),
  ].join("\n");
}

function costText({ usd }: NodeSummary): string {
  return usd === null ? "price unknown" : humanUsd(usd);
}

function more(number: number, noun: string): string[] {
  return number > 0 ? [`and ${count(number, `more ${noun}`)}`] : [];
}

function moneyLine({ usd, compare, charges, nodes, phases }: Summary): string {
  // a run that another machine deployed has only its end here
  const names = phases.map(({ name }) => name);
  if (names.includes("destroy") && !names.includes("deploy"))
    return `cost     ${humanUsd(usd)} seen from here; it was deployed elsewhere, and the rest is in the report there`;
  const isPartial = nodes.some((node) => node.launchedAt !== null && node.usd === null);
  const environment = charges.reduce((total, charge) => total + charge.usd, 0);
  const parts = environment > 0 ? `, ${humanUsd(environment)} of it the environment` : "";
  return `cost     ${isPartial ? "at least " : ""}${humanUsd(usd)}${parts}; on demand ${humanUsd(compare.onDemandUsd)}, always on ${humanUsd(compare.alwaysOnUsdPerMonth)} a month`;
}

/** What a bill is reckoned from; a rehearsal's prices are the catalog's, which its note says. */
function priceLines({ prices, target }: Summary): string {
  if (target === "rehearsal") return "";
  const lines = prices.map((price) => `prices   ${datedSourceText(price, price.ageDays)}`);
  return [...lines.slice(0, mostPrices), ...more(lines.length - mostPrices, "source")].join("\n");
}

function leftLines({ leftovers, phases, report }: Summary): string {
  const destroyed = phases.some(({ name }) => name === "destroy");
  const left =
    leftovers === null ? ["left     unknown: destroy did not come to its end; run: aura down"] : found(leftovers);
  return [...(destroyed ? left : []), ...(report === null ? [] : [`report   ${report.html}`])].join("\n");
}

function found(leftovers: NonNullable<Summary["leftovers"]>): string[] {
  if (leftovers.length === 0) return ["left     nothing"];
  const lines = leftovers.slice(0, mostLeftovers).map(({ kind, name, fix }) => {
    const command = fix === undefined ? "" : `: ${plainText(fix)}`;
    return `left     ${kind} ${plainText(name)}${command}`;
  });
  return [...lines, ...more(leftovers.length - mostLeftovers, "thing")];
}
