import { newJobBuilder } from "../../job-builder.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { finishJobs } from "../finish-jobs.ts";
import { cell, type TraceFormat } from "../format.ts";
import { ofAllWorkers } from "../workers.ts";

/**
 * `pai_job_no_estimate_100K.csv` and `pai_job_duration_estimate_100K.csv`, the jobs that the simulator of alibaba/clusterdata
 * cluster-trace-gpu-v2020 runs. GPUs and CPUs are each instance's, as its scheduler takes them (`num_inst * num_gpu`); an
 * empty `num_inst` is 1, and `CPU` or `MISC` no model of GPU. Group is the jobs' that do the same, where the file has it.
 */
export const paiJobs: TraceFormat = {
  name: "Alibaba PAI simulator's pai_job CSV",
  columns: ["num_inst", "submit_time", "num_cpu", "num_gpu", "gpu_type", "duration", "user"],
  open(context) {
    const { column } = context;
    const builder = newJobBuilder();
    const cells: readonly AmountCell[] = [
      { name: "submit_time", column: column("submit_time"), limit: most.seconds, required: true },
      { name: "duration", column: column("duration"), limit: most.seconds, required: true },
      { name: "num_gpu", column: column("num_gpu"), limit: most.gpus },
      { name: "num_cpu", column: column("num_cpu"), limit: most.cpus },
      { name: "num_inst", column: column("num_inst"), limit: most.nodes },
    ];
    const amounts = new Float64Array(cells.length);
    const [user, group, gpuType] = [column("user"), column("group"), column("gpu_type")];
    return {
      row(fields) {
        const wrong = readAmounts(fields, cells, amounts);
        if (wrong !== undefined) return wrong;
        const [submitSeconds = 0, durationSeconds = 0, gpus = Number.NaN, cpus = 0, counted = Number.NaN] = amounts;
        const amount = ofAllWorkers({
          count: Number.isNaN(counted) ? 1 : counted,
          gpusEach: Number.isNaN(gpus) ? 0 : gpus,
          cpusEach: cpus,
          columns: { gpus: "num_gpu", workers: "num_inst" },
          called: "instances",
        });
        if (typeof amount === "string") return amount;
        const names = { user: cell(fields, user), group: cell(fields, group), gpuType: modelOf(cell(fields, gpuType)) };
        builder.add({ submitSeconds, durationSeconds, ...amount, ...names });
        return undefined;
      },
      finish: () => finishJobs(builder, context, []),
    };
  },
};

/** MISC stands for GPUs of several older models. */
const modelOf = (type: string): string => (["CPU", "MISC"].includes(type) ? "" : type);
