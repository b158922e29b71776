import type { Minute } from "./minutes.ts";

/** Less of this is heartbeats and log lines. */
const quietBytesPerSecond = 50_000;
/** `policy.md` 3.3: below it no kernel ran that is worth the name. */
const silentEngine = 0.01;

/**
 * What the GPUs of a workload did in a minute. `spinning`: kernels run all the time on a few SMs and move no memory, as a collective does
 * that waits for a rank which is gone. `unknown`: a device was not measured, and none that was measured worked.
 */
export type Activity = "working" | "silent" | "spinning" | "unknown";

export function activityOf({ devices }: Minute): Activity {
  if (devices.some(({ engine, sm, dram }) => engine >= silentEngine && !isSpinning({ engine, sm, dram })))
    return "working";
  if (devices.some(({ engine }) => Number.isNaN(engine))) return "unknown";
  return devices.every(({ engine }) => engine < silentEngine) ? "silent" : "spinning";
}

function isSpinning({
  engine,
  sm,
  dram,
}: {
  readonly engine: number;
  readonly sm: number;
  readonly dram: number;
}): boolean {
  return engine > 0.9 && sm < 0.1 && dram < 0.01;
}

/** Whether next to nothing was read or written; `unknown` where that is not measured. */
export function trafficOf({ ioBytesPerSecond }: Minute): "quiet" | "busy" | "unknown" {
  if (Number.isNaN(ioBytesPerSecond)) return "unknown";
  return ioBytesPerSecond < quietBytesPerSecond ? "quiet" : "busy";
}
