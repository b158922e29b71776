import type { FaultStatus } from "./active-faults.ts";
import type { FaultSpec } from "./parse-fault.ts";

/** The parameters of a fault as a command line gives them: `--verb get,list --probability 0.1`. */
export function parametersText({ fault: _, ...parameters }: FaultSpec): string {
  const word = (value: unknown) => (Array.isArray(value) ? value.join(",") : String(value));
  return Object.entries(parameters)
    .map(([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${word(value)}`)
    .join(" ");
}

/** How a fault stands: `struck 3 times, until 2026-01-01T00:05:00Z`. */
export function standingText({ struck, until, active }: Omit<FaultStatus, "spec">): string {
  const times = struck === 0 ? "no strikes yet" : `struck ${struck === 1 ? "once" : `${struck} times`}`;
  if (!active) return `${times}, over`;
  return until === undefined ? times : `${times}, until ${until}`;
}

/** `fault-1 deny --verb create: struck once` */
export function faultText(status: FaultStatus): string {
  return `${status.id} ${status.spec.fault} ${parametersText(status.spec)}: ${standingText(status)}`;
}
