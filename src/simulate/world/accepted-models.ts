import type { Trace } from "../../trace/trace.ts";
import { catalogModel, type Market } from "./offers.ts";

/** Which GPUs of the catalog will do for jobs that ask for the trace's. */
export class AcceptedModels {
  readonly #trace: Trace;
  readonly #market: Market;
  readonly #forced: string | undefined;
  readonly #lists = new Map<number, readonly string[] | undefined>();
  readonly #most = new Map<number, number>();
  readonly #unknown = new Set<string>();

  /** `forced`: for all jobs, whatever the trace says. */
  constructor(trace: Trace, market: Market, forced: string | undefined) {
    this.#trace = trace;
    this.#market = market;
    this.#forced = forced;
  }

  /** Of one of the trace's lists; undefined: any. */
  of(list: number): readonly string[] | undefined {
    if (this.#forced !== undefined) return [this.#forced];
    if (this.#lists.has(list)) return this.#lists.get(list);
    const names = this.#trace.gpuTypes[list] ?? [];
    const known = names.flatMap((name) => catalogModel(name) ?? []).sort();
    if (known.length === 0) for (const name of names) this.#unknown.add(name);
    this.#lists.set(list, known.length === 0 ? undefined : known);
    return this.#lists.get(list);
  }

  /** The most GPUs that one node has; 0 where none is sold. */
  mostGpus(list: number): number {
    const most = this.#most.get(list) ?? this.#market.mostGpus(this.of(list));
    this.#most.set(list, most);
    return most;
  }

  notes(): readonly string[] {
    if (this.#unknown.size === 0) return [];
    return [`EC2 has no ${[...this.#unknown].sort().join(", ")}: jobs that ask for nothing else take any GPU`];
  }
}
