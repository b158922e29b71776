import type { PoolJob } from "../../policy/pool.ts";
import type { World } from "../world/world.ts";

/** What a policy sees of a job: one object, kept up to date. */
export type JobFace = { -readonly [key in keyof PoolJob]: PoolJob[key] } & {
  /** Of the trace: for policies in hindsight, others have no business with it. */
  readonly row: number;
};

/** How far each job is, in columns by row of the trace. */
export class JobRuns {
  /** When it began to wait, or to run. */
  readonly since: Float64Array;
  /** All its waits together. */
  readonly waited: Float64Array;
  /** Work that is left to do. */
  readonly remaining: Float64Array;
  /** Nodes that it still lacks. */
  readonly lacking: Int32Array;
  /** 1: it waits, and nothing is launched for it yet. */
  readonly putOff: Uint8Array;
  /** Nodes that were not there when it asked. */
  readonly missed: Int32Array;
  /** Its first node, or the one it is planned for; -1: none. */
  readonly head: Int32Array;
  /** The next job on the same shared node; -1: none. */
  readonly next: Int32Array;
  /** How often it was started: the end of an earlier run is void. */
  readonly run: Int32Array;
  readonly faces: (JobFace | undefined)[];
  readonly #world: World;
  submitted = 0;
  completed = 0;

  constructor(world: World) {
    const { count } = world.trace.jobs;
    this.#world = world;
    this.since = new Float64Array(count);
    this.waited = new Float64Array(count);
    this.remaining = new Float64Array(count);
    this.lacking = new Int32Array(count);
    this.putOff = new Uint8Array(count);
    this.missed = new Int32Array(count);
    this.head = new Int32Array(count).fill(-1);
    this.next = new Int32Array(count).fill(-1);
    this.run = new Int32Array(count);
    this.faces = new Array(count);
  }

  /** A job that is submitted now. */
  submit(row: number, now: number): JobFace {
    const { jobs } = this.#world.trace;
    const nodes = this.#world.jobs.nodes[row] ?? 1;
    this.submitted += 1;
    this.since[row] = now;
    this.remaining[row] = jobs.durationSeconds[row] ?? 0;
    this.lacking[row] = nodes;
    const face: JobFace = {
      row,
      user: jobs.user[row] ?? -1,
      group: jobs.group[row] ?? -1,
      gpus: (jobs.gpus[row] ?? 0) / nodes,
      nodes,
      submitSeconds: now,
      startSeconds: Number.NaN,
      endSeconds: Number.NaN,
      status: 0,
    };
    this.faces[row] = face;
    return face;
  }
}
