import { humanUsd } from "../../kernel/text.ts";
import type { NodeObserved, Observation, PodObserved, TimelineEntry } from "../../timeline/entries.ts";
import { describeResource, engineKind, isHeard } from "./resources.ts";

/** Turns timeline entries into plain lines, one at a time; undefined for what is not worth a line. */
export function lineRenderer(): (entry: TimelineEntry) => string | undefined {
  let start: number | undefined;
  const waits = new Map<string, string>();
  return (entry) => {
    start ??= entry.at;
    if (entry.type === "wait" && waits.get(entry.pod) === entry.reason) return undefined;
    if (entry.type === "wait") waits.set(entry.pod, entry.reason);
    const text = describe(entry);
    return text === undefined ? undefined : `${elapsed(entry.at - start)}  ${text}`;
  };
}

function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `+${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

function column(noun: string, text: string): string {
  return `${noun.padEnd(8)}${text}`;
}

/** What an observation says, without its time. */
function describe(entry: Observation): string | undefined {
  switch (entry.type) {
    case "phase":
      return column("phase", `${entry.phase} ${entry.state}`);
    case "step":
      return entry.state === "started"
        ? undefined
        : column("step", describeStep(entry.step, entry.state, entry.message));
    case "resource": {
      const text = describeResource(entry);
      return text && column("resource", ` ${text}`);
    }
    case "event":
      // what the cluster itself tells is in the report
      return isHeard(entry) ? column(entry.kind === engineKind ? "engine" : "cluster", entry.message) : undefined;
    case "job":
      return column("job", `${entry.name} ${entry.state}${entry.message === undefined ? "" : `: ${entry.message}`}`);
    case "pod":
      return describePod(entry);
    case "node":
      return describeNode(entry);
    case "wait":
      return column("waiting", `${entry.pod}: ${entry.reason}`);
    case "output":
      return column("output", entry.path);
    case "leftovers":
      return column(
        "left",
        entry.found.length === 0 ? `nothing (looked at ${entry.checked.join(", ")})` : describeLeft(entry.found),
      );
    default:
      return undefined;
  }
}

const stepStates = { succeeded: "done", unchanged: "already so", failed: "failed" } as const;

function describeStep(step: string, state: keyof typeof stepStates, message: string | undefined): string {
  return `${step} ${stepStates[state]}${message === undefined ? "" : `: ${message}`}`;
}

function describePod(pod: PodObserved): string | undefined {
  if (pod.state === "created" || pod.state === "gone") return undefined;
  const where = pod.state === "scheduled" && pod.node !== undefined ? ` on ${pod.node}` : "";
  const exit =
    pod.state === "failed" ? `: ${[pod.reason, pod.message].filter(Boolean).join(", ")}${exitText(pod)}` : "";
  return column("pod", `${pod.name} ${pod.state}${where}${exit}`);
}

function exitText({ exitCode }: PodObserved): string {
  return exitCode === undefined ? "" : ` (exit ${exitCode})`;
}

function describeNode(node: NodeObserved): string | undefined {
  if (node.state === "registered") return undefined;
  return column("node", `${node.name} ${node.state}${node.state === "launched" ? `: ${offer(node)}` : ""}`);
}

/** `g5.xlarge spot us-east-1a, 1 × a10g, $0.4124/h`; empty before it is known what is launched. */
export function offer(node: NodeObserved): string {
  const place = [node.instanceType, node.capacityType, node.zone].filter(Boolean).join(" ");
  const gpus = node.gpus ? `, ${node.gpus} × ${node.gpu ?? "GPU"}` : "";
  if (node.instanceType === undefined) return place;
  const price = node.usdPerHour === undefined ? "price unknown" : `${humanUsd(node.usdPerHour)}/h`;
  return `${place}${gpus}, ${price}`;
}

function describeLeft(found: readonly { kind: string; name: string }[]): string {
  return found.map(({ kind, name }) => `${kind} ${name}`).join(", ");
}
