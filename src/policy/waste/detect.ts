import type { WorkloadUsage } from "../../trace/utilization.ts";
import { type DetectorOptions, wasteDetector } from "./detector.ts";
import type { WasteFinding } from "./finding.ts";
import type { WorkloadSample } from "./workload.ts";

/** All that is found in a recorded series, by the time at which it would have been found. */
export function detectWaste(usage: WorkloadUsage, options: DetectorOptions = {}): readonly WasteFinding[] {
  const detector = wasteDetector(usage, options);
  for (let index = 0; index < usage.samples; index += 1) detector.observe(sampleOf(usage, index));
  return detector.findings();
}

/** The sample at a place of the series. */
export function sampleOf(usage: WorkloadUsage, index: number): WorkloadSample {
  return {
    seconds: index * usage.stepSeconds,
    devices: usage.devices.map(({ engineActive, smActive, dramActive, memoryUsedMib }) => ({
      engineActive: engineActive[index] ?? Number.NaN,
      smActive: smActive?.[index],
      dramActive: dramActive?.[index],
      memoryUsedMib: memoryUsedMib[index] ?? Number.NaN,
    })),
    ioBytesPerSecond: usage.ioBytesPerSecond?.[index],
    requestsPerSecond: usage.requestsPerSecond?.[index],
  };
}
