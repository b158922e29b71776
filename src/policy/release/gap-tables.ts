import { bucketCount } from "./gap-grid.ts";
import { GapCounts } from "./hazards.ts";

/** Counts of gaps by what they have in common, by key. */
export class GapTables {
  readonly #tables = new Map<string, GapCounts>();
  readonly #halfLife: number;

  /** `halfLifeGaps`: after so many gaps in a table, older ones count half. */
  constructor(halfLifeGaps: number) {
    this.#halfLife = halfLifeGaps;
  }

  of(key: string): GapCounts {
    const found = this.#tables.get(key);
    if (found !== undefined) return found;
    const made = new GapCounts(this.#halfLife);
    this.#tables.set(key, made);
    return made;
  }

  /** By key, in gaps of now: by turns how many ended in each bucket and how many were at risk, to five digits. */
  save(): Record<string, number[]> {
    return Object.fromEntries([...this.#tables].map(([key, counts]) => [key, trimmed(counts)]));
  }

  /** Takes what `save` gave; the caller has checked that they are numbers. */
  restore(saved: Readonly<Record<string, readonly number[]>>): void {
    this.#tables.clear();
    for (const [key, counts] of Object.entries(saved)) {
      const table = this.of(key);
      for (let k = 0; k < Math.min(bucketCount, counts.length / 2); k += 1) {
        table.ended[k] = counts[2 * k] ?? 0;
        table.atRisk[k] = counts[2 * k + 1] ?? 0;
      }
    }
  }
}

/** Without the buckets at the end that no gap has reached. */
function trimmed({ ended, atRisk, weight }: GapCounts): number[] {
  let length = bucketCount;
  while (length > 0 && atRisk[length - 1] === 0) length -= 1;
  return Array.from({ length: 2 * length }, (_, at) => {
    const value = (at % 2 === 0 ? ended : atRisk)[at >> 1] as number;
    return Number((value / weight).toPrecision(5));
  });
}
