import type { NodeGroup } from "../../nodes.ts";
import { type AmountCell, most, readAmounts } from "../cells.ts";
import { cell, type ReadContext, type RowReader, type TraceFormat } from "../format.ts";

/** `../shared/traces`' summary of openb's nodes: a row is `count` nodes that are alike. */
export const nodeCounts: TraceFormat = {
  name: "node counts",
  columns: ["gpu_type", "gpus", "cpus", "mem_gib", "count"],
  open: (context) => nodeReader(context, { type: "gpu_type", gpus: "gpus", cpus: "cpus", memory: "mem_gib" }, [1, 1]),
};

/** openb's own node list: a row is a node. */
export const openbNodes: TraceFormat = {
  name: "Alibaba openb node list",
  columns: ["sn", "cpu_milli", "memory_mib", "gpu", "model"],
  open: (context) =>
    nodeReader(context, { type: "model", gpus: "gpu", cpus: "cpu_milli", memory: "memory_mib" }, [1000, 1024]),
};

type NodeColumns = Readonly<Record<"type" | "gpus" | "cpus" | "memory", string>>;

function nodeReader(
  { column }: ReadContext,
  names: NodeColumns,
  [perCpu, perGib]: readonly [number, number],
): RowReader {
  const cells: readonly AmountCell[] = [
    { name: names.gpus, column: column(names.gpus), limit: 1000, required: true },
    { name: names.cpus, column: column(names.cpus), limit: most.cpus, required: true },
    { name: names.memory, column: column(names.memory), limit: most.memoryGib, required: true },
    { name: "count", column: column("count"), limit: 1e7 },
  ];
  const amounts = new Float64Array(cells.length);
  const type = column(names.type);
  const groups = new Map<string, NodeGroup>();
  return {
    row(fields) {
      const wrong = readAmounts(fields, cells, amounts);
      if (wrong !== undefined) return wrong;
      const [gpus = 0, cpus = 0, memory = 0, count = 1] = amounts;
      const nodes = Number.isNaN(count) ? 1 : count;
      if (!Number.isInteger(nodes) || nodes < 1) return "count is not a whole number from 1";
      const group = { gpuType: cell(fields, type), gpus, cpus: cpus / perCpu, memoryGib: memory / perGib };
      const key = Object.values(group).join();
      groups.set(key, { ...group, count: nodes + (groups.get(key)?.count ?? 0) });
      return undefined;
    },
    finish: () => ({ kind: "nodes", nodes: [...groups.values()], notes: [] }),
  };
}
