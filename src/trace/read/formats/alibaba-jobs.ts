import { newJobBuilder } from "../../job-builder.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { finishJobs } from "../finish-jobs.ts";
import { cell, type TraceFormat } from "../format.ts";
import { newStatusReader } from "../status.ts";
import { ofAllWorkers } from "../workers.ts";

/**
 * The pod lists of openb (hkust-adsl/kubernetes-scheduler-simulator and alibaba/clusterdata cluster-trace-gpu-v2023).
 * Times are seconds since the trace began; a pod that was never scheduled has no run to speak of. Group is its QoS class.
 */
export const openbPods: TraceFormat = {
  name: "Alibaba openb pod list",
  columns: ["cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "creation_time", "deletion_time", "scheduled_time"],
  open(context) {
    const { column } = context;
    const builder = newJobBuilder();
    const statuses = newStatusReader();
    const cells: readonly AmountCell[] = [
      { name: "creation_time", column: column("creation_time"), limit: most.seconds, required: true },
      { name: "deletion_time", column: column("deletion_time"), limit: most.seconds, required: true },
      { name: "scheduled_time", column: column("scheduled_time"), limit: most.seconds, required: true },
      { name: "num_gpu", column: column("num_gpu"), limit: most.gpus, required: true },
      { name: "gpu_milli", column: column("gpu_milli"), limit: 1000 },
      { name: "cpu_milli", column: column("cpu_milli"), limit: most.cpus },
      { name: "memory_mib", column: column("memory_mib"), limit: most.memoryGib },
    ];
    const amounts = new Float64Array(cells.length);
    const [gpuSpec, qos, phase] = [column("gpu_spec"), column("qos"), column("pod_phase")];
    return {
      row(fields) {
        const wrong = readAmounts(fields, cells, amounts);
        if (wrong !== undefined) return wrong;
        const [created = 0, deleted = 0, scheduled = 0, gpus = 0, milli = 0, cpuMilli = 0, memoryMib = 0] = amounts;
        if (deleted < scheduled) return "deletion_time is before scheduled_time";
        builder.add({
          submitSeconds: created,
          durationSeconds: deleted - scheduled,
          gpus: gpus === 1 && !Number.isNaN(milli) ? milli / 1000 : gpus,
          cpus: cpuMilli / 1000,
          memoryGib: memoryMib / 1024,
          gpuType: cell(fields, gpuSpec),
          group: cell(fields, qos),
          status: statuses.of(cell(fields, phase)),
        });
        return undefined;
      },
      finish: () => finishJobs(builder, context, statuses.notes()),
    };
  },
};

/**
 * `job_info_df.csv` of alibaba/clusterdata cluster-trace-v2026-spot-gpu. GPUs and CPUs are taken as each worker's: its
 * example of 94 workers and 1 GPU makes no other sense. Group is the organization; it has neither users nor statuses.
 */
export const spotGpuJobs: TraceFormat = {
  name: "Alibaba spot-gpu job_info_df.csv",
  columns: ["organization", "gpu_request", "cpu_request", "worker_num", "submit_time", "duration"],
  open(context) {
    const { column } = context;
    const builder = newJobBuilder();
    const cells: readonly AmountCell[] = [
      { name: "submit_time", column: column("submit_time"), limit: most.seconds, required: true },
      { name: "duration", column: column("duration"), limit: most.seconds, required: true },
      { name: "gpu_request", column: column("gpu_request"), limit: most.gpus, required: true },
      { name: "worker_num", column: column("worker_num"), limit: most.nodes, required: true },
      { name: "cpu_request", column: column("cpu_request"), limit: most.cpus },
    ];
    const amounts = new Float64Array(cells.length);
    const [organization, gpuModel] = [column("organization"), column("gpu_model")];
    return {
      row(fields) {
        const wrong = readAmounts(fields, cells, amounts);
        if (wrong !== undefined) return wrong;
        const [submitSeconds = 0, durationSeconds = 0, gpusEach = 0, count = 0, cpusEach = 0] = amounts;
        const columns = { gpus: "gpu_request", workers: "worker_num" };
        const amount = ofAllWorkers({ count, gpusEach, cpusEach, columns, called: "workers" });
        if (typeof amount === "string") return amount;
        const names = { group: cell(fields, organization), gpuType: cell(fields, gpuModel) };
        builder.add({ submitSeconds, durationSeconds, ...amount, ...names });
        return undefined;
      },
      finish: () => finishJobs(builder, context, []),
    };
  },
};
