import { jobSchemaColumns } from "./read/formats/job-schema.ts";
import { jobStatuses, type Trace } from "./trace.ts";

/** A trace as CSV in the job schema, which `readTrace` reads back. `wait_s` stays empty: traces do not keep it. */
export function writeTrace({ jobs, users, groups, gpuTypes }: Trace): string {
  const types = gpuTypes.map((list) => quoted(list.join("|")));
  const [userNames, groupNames] = [users.map(quoted), groups.map(quoted)];
  const lines = [jobSchemaColumns.join(",")];
  for (let i = 0; i < jobs.count; i += 1) {
    const status = jobStatuses[jobs.status[i] ?? 0] ?? "unknown";
    const cells = [
      figure(jobs.submitSeconds[i]),
      figure(jobs.durationSeconds[i]),
      figure(jobs.gpus[i]),
      types[jobs.gpuType[i] ?? -1] ?? "",
      figure(jobs.cpus[i]),
      figure(jobs.memoryGib[i]),
      userNames[jobs.user[i] ?? -1] ?? "",
      groupNames[jobs.group[i] ?? -1] ?? "",
      figure(jobs.utilization[i]),
      status,
      figure(jobs.nodes[i]),
      "",
      figure(jobs.warm[i]),
    ];
    lines.push(cells.join());
  }
  return `${lines.join("\n")}\n`;
}

function figure(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : String(value);
}

/** RFC 4180; a line end in a name becomes a space, as rows are lines. */
function quoted(name: string): string {
  const line = name.replace(/[\r\n]+/g, " ");
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
