import { newJobBuilder } from "../../job-builder.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { finishJobs } from "../finish-jobs.ts";
import { cell, type TraceFormat } from "../format.ts";
import { newStatusReader } from "../status.ts";

/** The columns of Aura's own job CSV, in the order in which it is written. */
export const jobSchemaColumns = [
  "submit_s",
  "duration_s",
  "gpus",
  "gpu_type",
  "cpus",
  "mem_gib",
  "user",
  "group",
  "util",
  "status",
  "nodes",
  "wait_s",
  "warm",
] as const;

/** One job in each row, all amounts the whole job's, empty where it was not recorded. `wait_s` is the old cluster's: not read. */
export const jobSchema: TraceFormat = {
  name: "Aura job CSV",
  columns: ["submit_s", "duration_s", "gpus"],
  open(context) {
    const { column } = context;
    const builder = newJobBuilder();
    const statuses = newStatusReader();
    const cells: readonly AmountCell[] = [
      { name: "submit_s", column: column("submit_s"), limit: most.seconds, required: true },
      { name: "duration_s", column: column("duration_s"), limit: most.seconds, required: true },
      { name: "gpus", column: column("gpus"), limit: most.gpus, required: true },
      { name: "cpus", column: column("cpus"), limit: most.cpus },
      { name: "mem_gib", column: column("mem_gib"), limit: most.memoryGib },
      { name: "nodes", column: column("nodes"), limit: most.nodes },
      { name: "util", column: column("util"), limit: 100 },
      { name: "warm", column: column("warm"), limit: 1 },
    ];
    const amounts = new Float64Array(cells.length);
    const [gpuType, user, group] = [column("gpu_type"), column("user"), column("group")];
    const status = column("status");
    return {
      row(fields) {
        const wrong = readAmounts(fields, cells, amounts);
        if (wrong !== undefined) return wrong;
        const [
          submitSeconds = 0,
          durationSeconds = 0,
          gpus = 0,
          cpus = 0,
          memoryGib = 0,
          nodes,
          utilization = 0,
          warm,
        ] = amounts;
        const wholeNodes = nodes === undefined || Number.isNaN(nodes) ? 1 : nodes;
        if (wholeNodes < 1 || !Number.isInteger(wholeNodes)) return "nodes is not a whole number from 1";
        builder.add({
          submitSeconds,
          durationSeconds,
          gpus,
          cpus,
          memoryGib,
          utilization,
          nodes: wholeNodes,
          gpuType: cell(fields, gpuType),
          user: cell(fields, user),
          group: cell(fields, group),
          status: statuses.of(cell(fields, status)),
          warm: warm === 1,
        });
        return undefined;
      },
      finish: () => finishJobs(builder, context, statuses.notes()),
    };
  },
};
