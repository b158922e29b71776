import { count, humanDuration } from "../../kernel/text.ts";
import type { Reason } from "../decision.ts";
import type { WasteLabel } from "./rule.ts";
import type { WatchedWorkload } from "./workload.ts";

interface Seen {
  readonly label: WasteLabel;
  readonly sinceSeconds: number;
  readonly untilSeconds: number;
  readonly devices: readonly number[];
  readonly figures: Readonly<Record<string, number>>;
}

/** What was seen, in one sentence with its figures. */
export function wasteReason(workload: WatchedWorkload, seen: Seen): Reason {
  return { code: seen.label.toLowerCase(), text: () => `${sentence(workload, seen)}.` };
}

function sentence({ devices }: WatchedWorkload, { label, figures, ...seen }: Seen): string {
  const all = count(devices.length, "GPU");
  const time = humanDuration((seen.untilSeconds - seen.sinceSeconds) * 1000);
  const of = (name: string) => figures[name] ?? 0;
  switch (label) {
    case "DEAD":
      return `${all}: no kernel ran for ${time}${of("trafficMinutes") > 0 ? `, with traffic in ${count(of("trafficMinutes"), "minute")}` : ""}`;
    case "STALLED":
      return of("spinningMinutes") > 0
        ? `${all}: worked, and then spun in a kernel that moves no memory for ${time}`
        : `${all}: worked, and then ran no kernel and moved no data for ${time}`;
    case "LOW":
      return `${all}: ${percent(of("meanSm"))} of the SMs in use on average for ${time}, ${percent(of("peakSm"))} at most in a low minute`;
    case "WASTE-MEM":
      return `${all}: ${of("peakMib")} MiB in use at most in ${time}, ${percent(of("peakShare"))} of the memory`;
    case "UNBALANCED":
      return `${all}: the busiest has ${percent(of("busiestSm"))} of its SMs in use and ${count(seen.devices.length, "other")} as little as ${percent(of("idlestSm"))}, for ${time}`;
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
