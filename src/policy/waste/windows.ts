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

const common = { graceMinutes: 10, lowMinutes: 60, unbalancedMinutes: 30, memoryMinutes: 24 * 60 };

/** As `policy.md` 3.3 has them; of a server never less than its break-even time B, from `breakEvenSeconds`. */
export function wasteWindows(kind: WorkloadKind, breakEvenSeconds = 0): WasteWindows {
  if (kind === "interactive") return { ...common, silentMinutes: 30 };
  return { ...common, silentMinutes: kind === "serving" ? Math.max(15, breakEvenSeconds / 60) : 15 };
}
