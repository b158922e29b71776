import { Failure } from "../../kernel/failure.ts";
import { didYouMean } from "../../kernel/text.ts";
import type { TraceFormat } from "./format.ts";
import { openbPods, spotGpuJobs } from "./formats/alibaba-jobs.ts";
import { jobSchema } from "./formats/job-schema.ts";
import { nodeCounts, openbNodes } from "./formats/node-lists.ts";
import { paiJobs } from "./formats/pai-jobs.ts";
import { arrivals, azureInference } from "./formats/requests.ts";
import { servegenClients, servegenRates } from "./formats/servegen.ts";
import { slurmLog } from "./formats/slurm-log.ts";

/** What can be read, besides Philly's `cluster_job_log`, which is JSON. */
export const knownFormats: readonly TraceFormat[] = [
  jobSchema,
  slurmLog,
  openbPods,
  spotGpuJobs,
  paiJobs,
  nodeCounts,
  openbNodes,
  azureInference,
  arrivals,
  servegenClients,
  servegenRates,
];

/** The format whose columns the header has; when there is none, a Failure that tells what comes nearest. */
export function formatOf(header: readonly string[], file: string): TraceFormat {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Failure("FILE_INVALID", `column ${twice} comes twice in ${file}`, {
      where: `${file}:1`,
      fix: "remove one",
    });
  }
  const format = knownFormats.find(({ columns }) => columns.every((column) => header.includes(column)));
  if (format === undefined) throw unknownHeader(header, file);
  return format;
}

function unknownHeader(header: readonly string[], file: string): Failure {
  const nearest = nearestFormat(header);
  const missing = nearest?.columns.filter((column) => !header.includes(column)) ?? [];
  const renames = missing.flatMap((column) => {
    const meant = didYouMean(
      column,
      header.filter((name) => !nearest?.columns.includes(name)),
    );
    return meant === undefined ? [] : [`${meant} → ${column}`];
  });
  const shown = header.slice(0, 8).join(",").slice(0, 120);
  return new Failure("FILE_INVALID", `${file} has a header of no known trace format: ${shown}`, {
    where: `${file}:1`,
    why: why(header, nearest, missing),
    fix:
      renames.length > 0
        ? `did you mean ${renames.join(", ")}?`
        : `rename its columns to: ${jobSchema.columns.join(",")}`,
    problems: [...knownFormats.map(({ name, columns }) => `${name}: ${columns.join(",")}`), phillyLine],
  });
}

const phillyLine = "Philly cluster_job_log: JSON, a list of jobs with status, submitted_time and attempts";

function why(header: readonly string[], nearest: TraceFormat | undefined, missing: readonly string[]): string {
  if (header.length === 1 && /[;\t]/.test(header[0] ?? "")) return "its columns are not separated by commas";
  if (header.every((name) => name === "" || Number.isFinite(Number(name)))) return "its first line is not a header";
  return nearest === undefined
    ? "formats are recognised by their columns, and it has none of them"
    : `it comes nearest to ${nearest.name}, but lacks ${missing.join(", ")}`;
}

/** The one with most of its columns there, or nearly so. */
function nearestFormat(header: readonly string[]): TraceFormat | undefined {
  const share = ({ columns }: TraceFormat) =>
    columns.filter((column) => didYouMean(column, header) !== undefined).length / columns.length;
  const best = [...knownFormats].sort((a, b) => share(b) - share(a))[0];
  return best !== undefined && share(best) >= 0.5 ? best : undefined;
}
