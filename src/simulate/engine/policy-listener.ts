import type { PoolEvent, PoolView } from "../../policy/pool.ts";
import type { SimulatedPolicy } from "../options.ts";
import type { JobFace } from "./job-runs.ts";

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
type Listener = { observe(pool: PoolView, event: PoolEvent): void };
type EventOf<T extends PoolEvent["type"]> = Mutable<Extract<PoolEvent, { readonly type: T }>>;

/** Tells a policy's ports what happens. There is one event object of each type: who hears it keeps no copy. */
export class PolicyListener {
  readonly #ports: readonly Listener[];
  readonly #jobEvents = { arrived: {}, started: {}, ended: {} } as {
    readonly [type in "arrived" | "started" | "ended"]: EventOf<type>;
  };
  readonly #launched: EventOf<"launched"> = { type: "launched", seconds: 0 };
  readonly #released: EventOf<"released"> = { type: "released", idleSeconds: 0 };
  readonly #refused: PoolEvent = { type: "refused" };
  readonly #warmed: EventOf<"warmed"> = { type: "warmed", nodes: 0, untilSeconds: 0 };

  constructor({ release, warm, wait }: SimulatedPolicy) {
    const ports = new Set([release, warm, wait]);
    this.#ports = [...ports].filter((port): port is typeof release & Listener => port?.observe !== undefined);
    for (const type of ["arrived", "started", "ended"] as const) this.#jobEvents[type].type = type;
  }

  job(pool: PoolView, type: "arrived" | "started" | "ended", job: JobFace | undefined): void {
    if (this.#ports.length === 0 || job === undefined) return;
    const event = this.#jobEvents[type];
    event.job = job;
    this.#tell(pool, event);
  }

  launched(pool: PoolView, seconds: number): void {
    this.#launched.seconds = seconds;
    this.#tell(pool, this.#launched);
  }

  released(pool: PoolView, idleSeconds: number): void {
    this.#released.idleSeconds = idleSeconds;
    this.#tell(pool, this.#released);
  }

  warmed(pool: PoolView, nodes: number, untilSeconds: number): void {
    this.#warmed.nodes = nodes;
    this.#warmed.untilSeconds = untilSeconds;
    this.#tell(pool, this.#warmed);
  }

  refused(pool: PoolView): void {
    this.#tell(pool, this.#refused);
  }

  #tell(pool: PoolView, event: PoolEvent): void {
    for (const port of this.#ports) port.observe(pool, event);
  }
}
