export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly background: boolean;
  readonly callback: () => void;
  cancelled: boolean;
}

/** A queue of timers by due time, ties in the order they were set. */
export interface TimerQueue {
  add(at: number, callback: () => void, background: boolean): Timer;
  cancel(timer: Timer): void;
  /** The earliest live timer, without removing it. */
  peek(): Timer | undefined;
  /** Removes and returns the earliest live timer if it is due at `now`. */
  take(now: number): Timer | undefined;
  /** Live timers that somebody waits for. */
  foreground(): number;
}

/** A binary heap; cancelled timers are dropped when they reach the top. */
export function timerQueue(): TimerQueue {
  const heap: Timer[] = [];
  let order = 0;
  let foreground = 0;

  const settle = (timer: Timer) => {
    timer.cancelled = true;
    if (!timer.background) foreground -= 1;
  };
  const peek = () => {
    while (heap[0]?.cancelled) pop(heap);
    return heap[0];
  };

  return {
    add(at, callback, background) {
      const timer: Timer = { at, order: order++, background, callback, cancelled: false };
      if (!background) foreground += 1;
      push(heap, timer);
      return timer;
    },
    cancel(timer) {
      if (!timer.cancelled) settle(timer);
    },
    peek,
    take(now) {
      const timer = peek();
      if (timer === undefined || timer.at > now) return undefined;
      pop(heap);
      settle(timer);
      return timer;
    },
    foreground: () => foreground,
  };
}

function earlier(a: Timer | undefined, b: Timer | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Timer[], timer: Timer): void {
  let index = heap.push(timer) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!earlier(heap[index], heap[parent])) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const least = earlier(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!earlier(heap[least], heap[index])) return;
    swap(heap, index, least);
    index = least;
  }
}

function swap(heap: Timer[], a: number, b: number): void {
  const [first, second] = [heap[a], heap[b]];
  if (first === undefined || second === undefined) return;
  heap[a] = second;
  heap[b] = first;
}
