import type { WorkloadKind } from "../../trace/utilization.ts";

/** How long each kind of waste must last for that alone to be evidence enough. */
export interface WasteWindows {
  /** Without any work of the GPU, where nobody knows of input and output. */
  readonly silentMinutes: number;
  /** After the start, while nothing has run yet. */
  readonly graceMinutes: number;
  readonly lowMinutes: number;
  readonly unbalancedMinutes: number;
  readonly memoryMinutes: number;
}

const common = { graceMinutes: 10, lowMinutes: 60, unbalancedMinutes: 30 };
const memoryMinutes = 24 * 60;
/** Of a third run, where the two before have shown the same (`policy.md` 3.3). */
const memoryMinutesOfThird = 60;
/** A GPU of half the memory would hold it with a tenth to spare. */
export const smallMemoryShare = 0.45;

export interface WindowOptions {
  readonly breakEvenSeconds?: number;
  readonly earlierMemoryPeaks?: readonly number[];
}

/** As `policy.md` 3.3 has them; of a server never less than its break-even time B. */
export function wasteWindows(kind: WorkloadKind, options: WindowOptions = {}): WasteWindows {
  const { breakEvenSeconds = 0, earlierMemoryPeaks = [] } = options;
  const lastTwo = earlierMemoryPeaks.slice(-2);
  const isThird = lastTwo.length === 2 && lastTwo.every((share) => share < smallMemoryShare);
  return {
    ...common,
    memoryMinutes: isThird ? memoryMinutesOfThird : memoryMinutes,
    silentMinutes: kind === "interactive" ? 30 : kind === "serving" ? Math.max(15, breakEvenSeconds / 60) : 15,
  };
}
