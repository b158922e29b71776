import type { Saveable } from "./forecaster.ts";
import { saveable } from "./memory.ts";

/** The last `size` values by size, so that a quantile is a look-up. */
export interface SortedWindow extends Saveable {
  add(value: number): void;
  /** The value that a further one of the same kind does not exceed with probability `p`; 0 where there are none. */
  quantile(p: number): number;
}

export function sortedWindow(size: number): SortedWindow {
  const memory = { next: 0, ring: new Float64Array(size).fill(Number.NaN) };
  const sorted = new Float64Array(size);
  let count = 0;
  const place = (value: number) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const kept = saveable(`window-${size}`, 1, memory);
  return {
    add: (value) => {
      if (count === size) {
        const oldest = place(memory.ring[memory.next] as number);
        sorted.copyWithin(oldest, oldest + 1, count);
        count -= 1;
      }
      const at = place(value);
      sorted.copyWithin(at + 1, at, count);
      sorted[at] = value;
      count += 1;
      memory.ring[memory.next] = value;
      memory.next = (memory.next + 1) % size;
    },
    quantile: (p) => {
      if (count === 0) return 0;
      // n + 1: the next value is as likely to fall into any of the gaps between those known
      const rank = Math.ceil(p * (count + 1)) - 1;
      return sorted[rank < 0 ? 0 : rank >= count ? count - 1 : rank] as number;
    },
    save: kept.save,
    restore: (saved) => {
      kept.restore(saved);
      const known = memory.ring.filter((value) => !Number.isNaN(value)).sort();
      sorted.set(known);
      count = known.length;
    },
  };
}
