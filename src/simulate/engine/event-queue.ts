/**
 * What happens at one moment happens in this order: who leaves makes room before who comes asks for it, and a hold that
 * ends with an arrival has not ended.
 */
export const eventKinds = {
  end: 0,
  ready: 1,
  interruption: 2,
  arrival: 3,
  retry: 4,
  waitOver: 5,
  hold: 6,
  review: 7,
} as const;
export type EventKind = (typeof eventKinds)[keyof typeof eventKinds];

/** Beyond the events that any simulation has, and small enough that kind and order together are an exact number. */
const kindStep = 2 ** 45;

/** Events by time, then kind, then the order in which they were set: a binary heap in columns, which allocates only to grow. */
export class EventQueue {
  length = 0;
  #time = new Float64Array(1024);
  /** Kind and order in one number. */
  #rank = new Float64Array(1024);
  #subject = new Int32Array(1024);
  #token = new Int32Array(1024);
  #order = 0;
  /** Of the event that `take` took. */
  time = 0;
  kind: EventKind = eventKinds.end;
  /** Which job, node or pool it is about. */
  subject = 0;
  /** What the subject's counter was when it was set: another one now means that it is void. */
  token = 0;

  /** When the next one is due; Infinity when there is none. */
  get nextTime(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : (this.#time[0] ?? 0);
  }

  /** Whether the next one comes before an arrival at this time. */
  isBeforeArrival(time: number): boolean {
    if (this.length === 0) return false;
    const next = this.#time[0] ?? 0;
    return next < time || (next === time && (this.#rank[0] ?? 0) < eventKinds.arrival * kindStep);
  }

  add(time: number, kind: EventKind, subject: number, token: number): void {
    if (this.length === this.#time.length) this.#grow();
    const rank = kind * kindStep + this.#order++;
    let hole = this.length++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#time[parent] ?? 0;
      if (above < time || (above === time && (this.#rank[parent] ?? 0) < rank)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, time, rank);
    this.#subject[hole] = subject;
    this.#token[hole] = token;
  }

  /** Removes the next event and shows it in `time`, `kind`, `subject` and `token`. There must be one. */
  take(): void {
    this.time = this.#time[0] ?? 0;
    this.kind = Math.floor((this.#rank[0] ?? 0) / kindStep) as EventKind;
    this.subject = this.#subject[0] ?? 0;
    this.token = this.#token[0] ?? 0;
    this.length -= 1;
    if (this.length > 0) this.#sink();
  }

  /** Puts the last event where the first was, and down from there. */
  #sink(): void {
    const { length } = this;
    const time = this.#time[length] ?? 0;
    const rank = this.#rank[length] ?? 0;
    let hole = 0;
    for (;;) {
      const child = this.#lesserChild(hole);
      if (child >= length) break;
      const below = this.#time[child] ?? 0;
      if (time < below || (time === below && rank < (this.#rank[child] ?? 0))) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#move(length, hole);
  }

  #lesserChild(parent: number): number {
    const left = 2 * parent + 1;
    const right = left + 1;
    if (right >= this.length) return left;
    const [a, b] = [this.#time[left] ?? 0, this.#time[right] ?? 0];
    if (a !== b) return a < b ? left : right;
    return (this.#rank[left] ?? 0) < (this.#rank[right] ?? 0) ? left : right;
  }

  #put(at: number, time: number, rank: number): void {
    this.#time[at] = time;
    this.#rank[at] = rank;
  }

  #move(from: number, to: number): void {
    this.#time[to] = this.#time[from] ?? 0;
    this.#rank[to] = this.#rank[from] ?? 0;
    this.#subject[to] = this.#subject[from] ?? 0;
    this.#token[to] = this.#token[from] ?? 0;
  }

  #grow(): void {
    const size = 2 * this.#time.length;
    this.#time = grown(this.#time, new Float64Array(size));
    this.#rank = grown(this.#rank, new Float64Array(size));
    this.#subject = grown(this.#subject, new Int32Array(size));
    this.#token = grown(this.#token, new Int32Array(size));
  }
}

/** `larger` with what is in `column`. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
