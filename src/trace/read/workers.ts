import { most } from "./cells.ts";

/** What a row says of each of a job's workers, and how many there are; `gpus` and `workers` are its columns. */
export interface Workers {
  readonly count: number;
  readonly gpusEach: number;
  readonly cpusEach: number;
  readonly columns: { readonly gpus: string; readonly workers: string };
  /** What the format calls them, such as `instances`. */
  readonly called: string;
}

/** The whole job's amounts, a node for each worker; or what is wrong with them. */
export function ofAllWorkers({ count, gpusEach, cpusEach, columns, called }: Workers) {
  if (count < 1 || !Number.isInteger(count)) return `${columns.workers} is not a whole number from 1`;
  const amounts = { gpus: gpusEach * count, cpus: cpusEach * count, nodes: count };
  return amounts.gpus > most.gpus ? `${columns.gpus} of all ${called} is above ${most.gpus}` : amounts;
}
