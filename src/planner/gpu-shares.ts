/** A pod that takes a share of one GPU, whole GPUs, or none. */
export interface SharePod {
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** Thousandths of a GPU: below 1000 a share of one, else whole GPUs. */
  readonly gpuMillis: number;
  /** GPU models that will do; empty for any. */
  readonly models: readonly string[];
}

export interface ShareNode {
  readonly model: string;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** Free thousandths of each of its GPUs. */
  readonly gpuMillis: readonly number[];
}

/** A kind of pod that is expected, and how large a part of all pods it is. */
export interface TypicalPod extends SharePod {
  readonly popularity: number;
}

const whole = 1000;

interface State {
  readonly model: string;
  cpu: number;
  memory: number;
  gpus: number[];
  fragments: number;
  version: number;
}

/** What putting one kind of pod on one node would do, as of a version of the node. */
interface Prospect {
  readonly version: number;
  readonly gpus: readonly number[] | undefined;
  readonly growth: number;
}

/**
 * GPUs shared by fragmentation gradient descent (Weng et al., "Beware of Fragmentation", USENIX ATC 2023): a pod goes
 * where the GPU capacity that typical pods could not use grows least. Prospects are kept until their node changes.
 */
export class GpuShares {
  readonly #nodes: State[];
  readonly #typical: readonly TypicalPod[];
  readonly #prospects = new Map<string, (Prospect | undefined)[]>();

  constructor(nodes: readonly ShareNode[], typical: readonly TypicalPod[]) {
    this.#typical = typical;
    this.#nodes = nodes.map(({ model, cpuMillis, memoryMib, gpuMillis }) => {
      const state = { model, cpu: cpuMillis, memory: memoryMib, gpus: [...gpuMillis], fragments: 0, version: 0 };
      state.fragments = fragmentsOf(state, typical);
      return state;
    });
  }

  /** Thousandths of GPUs that are free but, on average over typical pods, of no use. */
  fragments(): number {
    return this.#nodes.reduce((sum, node) => sum + node.fragments, 0);
  }

  free(): number {
    return this.#nodes.reduce((sum, node) => sum + total(node.gpus), 0);
  }

  /** Puts a pod on the node, by its number, where fragmentation grows least, of equal ones the first; undefined: nowhere. */
  place(pod: SharePod): number | undefined {
    const prospects = this.#prospectsOf(pod);
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, node] of this.#nodes.entries()) {
      let prospect = prospects[index];
      if (prospect?.version !== node.version) {
        prospect = this.#prospect(node, pod);
        prospects[index] = prospect;
      }
      if (prospect.gpus === undefined || prospect.growth >= least) continue;
      [best, least] = [index, prospect.growth];
    }
    if (best !== undefined) this.#take(best, pod, prospects[best]?.gpus ?? []);
    return best;
  }

  #prospectsOf(pod: SharePod): (Prospect | undefined)[] {
    const key = `${pod.cpuMillis} ${pod.memoryMib} ${pod.gpuMillis} ${pod.models.join("|")}`;
    const known = this.#prospects.get(key) ?? [];
    this.#prospects.set(key, known);
    return known;
  }

  #prospect(node: State, pod: SharePod): Prospect {
    let best: Prospect = { version: node.version, gpus: undefined, growth: Number.POSITIVE_INFINITY };
    for (const gpus of choices(node, pod)) {
      const growth = fragmentsOf(after(node, pod, gpus), this.#typical) - node.fragments;
      if (growth < best.growth) best = { version: node.version, gpus, growth };
    }
    return best;
  }

  #take(index: number, pod: SharePod, gpus: readonly number[]): void {
    const node = this.#nodes[index];
    if (node === undefined) return;
    Object.assign(node, after(node, pod, gpus));
    node.fragments = fragmentsOf(node, this.#typical);
    node.version += 1;
  }
}

type Room = Pick<State, "model" | "cpu" | "memory" | "gpus">;

/** Which GPUs of a node a pod could be given: one choice for each different GPU of a share. */
function choices({ model, cpu, memory, gpus }: Room, pod: SharePod): readonly number[][] {
  if (pod.cpuMillis > cpu || pod.memoryMib > memory) return [];
  if (pod.gpuMillis === 0) return [[]];
  if (pod.models.length > 0 && !pod.models.includes(model)) return [];
  if (pod.gpuMillis < whole) {
    const distinct = gpus.flatMap((free, gpu) => (free >= pod.gpuMillis && gpus.indexOf(free) === gpu ? [[gpu]] : []));
    return distinct;
  }
  const idle = gpus.flatMap((free, gpu) => (free === whole ? [gpu] : []));
  const wanted = pod.gpuMillis / whole;
  return idle.length >= wanted ? [idle.slice(0, wanted)] : [];
}

function after({ model, cpu, memory, gpus }: Room, pod: SharePod, chosen: readonly number[]): Room {
  const each = Math.min(pod.gpuMillis, whole);
  return {
    model,
    cpu: cpu - pod.cpuMillis,
    memory: memory - pod.memoryMib,
    gpus: gpus.map((free, gpu) => (chosen.includes(gpu) ? free - each : free)),
  };
}

/** F of the paper: over typical pods, the free GPU capacity that the pod could not use on this node. */
function fragmentsOf(node: Room, typical: readonly TypicalPod[]): number {
  if (node.gpus.length === 0) return 0;
  return typical.reduce((sum, pod) => sum + pod.popularity * unusable(node, pod), 0);
}

function unusable(node: Room, pod: SharePod): number {
  const { gpus } = node;
  if (pod.gpuMillis === 0 || !isRunnable(node, pod)) return total(gpus);
  const need = Math.min(pod.gpuMillis, whole);
  let sum = 0;
  for (const free of gpus) if (free < need) sum += free;
  return sum;
}

function isRunnable({ model, cpu, memory, gpus }: Room, pod: SharePod): boolean {
  if (pod.cpuMillis > cpu || pod.memoryMib > memory) return false;
  if (pod.models.length > 0 && !pod.models.includes(model)) return false;
  const need = Math.min(pod.gpuMillis, whole);
  let able = 0;
  for (const free of gpus) if (free >= need) able += 1;
  return able >= Math.max(1, pod.gpuMillis / whole);
}

function total(amounts: readonly number[]): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}
