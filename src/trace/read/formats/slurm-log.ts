import { parseTimestamp } from "../../calendar.ts";
import { newJobBuilder } from "../../job-builder.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { finishJobs } from "../finish-jobs.ts";
import { cell, type ReadContext, type TraceFormat } from "../format.ts";
import { newStatusReader } from "../status.ts";

/**
 * Helios `cluster_log.csv` (S-Lab-System-Group/HeliosData, SenseTime 2020) and Acme `trace_*.csv` (InternLM/AcmeTrace,
 * Shanghai AI Lab 2023), which has the same columns and more. Duration is end minus start: Acme's own includes the queue.
 */
export const slurmLog: TraceFormat = {
  name: "Helios cluster_log.csv or Acme trace CSV",
  columns: ["user", "gpu_num", "cpu_num", "node_num", "state", "submit_time", "start_time", "end_time"],
  open(context) {
    const { column } = context;
    const builder = newJobBuilder();
    const statuses = newStatusReader();
    const cells: readonly AmountCell[] = [
      { name: "gpu_num", column: column("gpu_num"), limit: most.gpus, required: true },
      { name: "cpu_num", column: column("cpu_num"), limit: most.cpus },
      { name: "node_num", column: column("node_num"), limit: most.nodes },
      { name: "mem_per_pod_GB", column: column("mem_per_pod_GB"), limit: most.memoryGib },
    ];
    const amounts = new Float64Array(cells.length);
    const runs = runReader(context);
    const [user, state] = [column("user"), column("state")];
    const group = column("vc") >= 0 ? column("vc") : column("type");
    return {
      row(fields) {
        const run = runs(fields);
        if (typeof run === "string") return run;
        const wrong = readAmounts(fields, cells, amounts);
        if (wrong !== undefined) return wrong;
        const [gpus = 0, cpus = 0, nodeCount = Number.NaN, podGib = Number.NaN] = amounts;
        // jobs that were cancelled while they waited have 0
        const nodes = Number.isNaN(nodeCount) ? 1 : Math.max(1, Math.round(nodeCount));
        const names = {
          user: cell(fields, user),
          group: cell(fields, group),
          status: statuses.of(cell(fields, state)),
        };
        builder.add({ ...run, ...names, gpus, cpus, memoryGib: podGib * nodes, nodes });
        return undefined;
      },
      finish: () => finishJobs(builder, context, statuses.notes()),
    };
  },
};

interface Run {
  readonly submitSeconds: number;
  readonly durationSeconds: number;
}

/** When a row's job was submitted and how long it ran, or why that cannot be told. */
function runReader({ column }: ReadContext): (fields: readonly string[]) => Run | string {
  const [submit, start, end] = [column("submit_time"), column("start_time"), column("end_time")];
  return (fields) => {
    const [submitMs, startMs, endMs] = [submit, start, end].map((at) => parseTimestamp(cell(fields, at)));
    if (submitMs === undefined || Number.isNaN(submitMs)) return "submit_time is not a time";
    if (startMs === undefined || Number.isNaN(startMs)) return "has no start_time: it never ran";
    if (endMs === undefined || Number.isNaN(endMs)) return "has no end_time: it still ran";
    if (endMs < startMs) return "end_time is before start_time";
    return { submitSeconds: submitMs / 1000, durationSeconds: (endMs - startMs) / 1000 };
  };
}
