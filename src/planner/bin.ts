import { Bits } from "./bits.ts";
import { type Columns, ephemeralStorage } from "./columns.ts";
import type { Compiled } from "./compile.ts";
import { isOpenLabel } from "./instance-labels.ts";
import { type PoolView, withinLimits } from "./pool-view.ts";
import type { Requirements } from "./requirements.ts";
import type { Resources } from "./resources.ts";
import type { HostPort, PlanNode, PlanPod } from "./types.ts";

/** Where pods go: a node that exists, or a claim that is planned, which stays a set of types and slots until the end. */
export class Bin {
  readonly index: number;
  readonly node: PlanNode | undefined;
  readonly view: PoolView | undefined;
  slots: number;
  types: Bits;
  /** What the claim's labels are to be, those left out that types and offerings give. */
  custom: Requirements;
  /** Requirements of its pods. */
  readonly parts = new Set<Compiled>();
  readonly pods: PlanPod[] = [];
  readonly ports: HostPort[] = [];
  /** By column: what is taken, and what the roomiest of the types leaves. */
  readonly taken: Float64Array;
  readonly room: Float64Array;
  /** By column: where in the order of its index the roomiest of the types stands. */
  readonly #positions: Int32Array;
  /** Whether a topology chose among its slots. */
  isNarrowed = false;

  private constructor(index: number, where: { node?: PlanNode; view?: PoolView }, columns: number) {
    this.index = index;
    this.node = where.node;
    this.view = where.view;
    this.slots = 0;
    this.types = new Bits(0);
    this.custom = new Map();
    this.taken = new Float64Array(columns);
    this.room = new Float64Array(columns);
    this.#positions = new Int32Array(columns);
  }

  static ofNode(index: number, node: PlanNode, slots: number, columns: Columns): Bin {
    const bin = new Bin(index, { node }, columns.names.length);
    bin.slots = slots;
    for (const [column, name] of columns.names.entries()) bin.room[column] = node.available[name] ?? 0;
    for (const { hostPorts = [] } of node.pods ?? []) bin.ports.push(...hostPorts);
    return bin;
  }

  /** An empty claim of a pool, with the types that its limits still allow. */
  static ofPool(index: number, view: PoolView, overhead: Resources, columns: Columns): Bin {
    const bin = new Bin(index, { view }, columns.names.length);
    bin.slots = view.mask;
    bin.types = Bits.of(withinLimits(view), view.universe.types.length);
    bin.custom = customOf(view);
    for (const [column, name] of columns.names.entries()) bin.taken[column] = overhead[name] ?? 0;
    bin.measure(columns);
    return bin;
  }

  /** Computes the room anew after pods came or types went. */
  measure(columns: Columns): void {
    if (this.view === undefined) return;
    for (let column = 0; column < this.room.length; column += 1) {
      const index = columns.index(column, this.view);
      const position = index.largestOf(this.types, this.#positions[column] ?? 0);
      this.#positions[column] = position;
      this.room[column] = index.at(position) - (this.taken[column] ?? 0);
    }
  }

  requests(columns: Columns): Resources {
    const entries = columns.names.map((name, column) => [name, this.taken[column] ?? 0] as const);
    return Object.fromEntries(entries.filter(([name, amount]) => amount !== 0 || name === ephemeralStorage));
  }
}

const customs = new WeakMap<PoolView, Requirements>();

function customOf(view: PoolView): Requirements {
  const known = customs.get(view) ?? new Map([...view.requirements].filter(([key]) => !isOpenLabel(key)));
  customs.set(view, known);
  return known;
}
