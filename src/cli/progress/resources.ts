import { humanDuration } from "../../kernel/text.ts";
import type { ResourceObserved, TimelineEntry } from "../../timeline/entries.ts";

/** The kind of the events in which Terraform's engine is heard: that it waits for a lock, or tries again. */
export const engineKind = "Terraform";
/** The kind of the events in which Aura itself is heard of the cluster: that it waits for it, or does without it. */
export const clusterKind = "Cluster";

/** Whether an event is for who watches, and not only for the report. */
export function isHeard({ kind }: { readonly kind: string }): boolean {
  return kind === engineKind || kind === clusterKind;
}

/** What Terraform is at, for the live view. */
export interface ResourceView {
  /** The latest word of each resource that is in progress, and when this machine heard of it. */
  readonly busy: Map<string, { readonly entry: ResourceObserved; readonly since: number }>;
  done: number;
  of: number;
}

export function resourceView(): ResourceView {
  return { busy: new Map(), done: 0, of: 0 };
}

/** Folds an entry in. The end of a step is the end of what it did to resources. */
export function followResources(view: ResourceView, entry: TimelineEntry): void {
  if (entry.type === "step" && entry.state !== "started") {
    view.busy.clear();
    view.of = 0;
  }
  if (entry.type !== "resource") return;
  if (entry.state === "started") view.busy.set(entry.address, { entry, since: entry.wall });
  else view.busy.delete(entry.address);
  view.done = entry.done;
  view.of = entry.of;
}

const mostRows = 4;
const barCells = 12;

/** A bar, and the resources that are in progress, the longest first; nothing where Terraform is not at work. */
export function resourceRows({ busy, done, of }: ResourceView, now: number): string[][] {
  if (of === 0) return [];
  const filled = Math.floor((barCells * done) / of);
  const bar = "▰".repeat(filled) + "▱".repeat(barCells - filled);
  const rows = [...busy.values()]
    .toSorted((a, b) => a.since - b.since)
    // the address is the longest: what a narrow terminal cuts is its end
    .map(({ entry, since }) => [entry.action, humanDuration(Math.max(0, now - since)), entry.address]);
  const more = rows.length - mostRows;
  const shown = [...rows.slice(0, mostRows), ...(more > 0 ? [["and", "", `${more} more`]] : [])];
  return [["terraform", `${done}/${of}`, bar], ...shown];
}

/** What takes no longer than this is made by the dozen. */
const worthALineSeconds = 10;

/** A plain line about a resource; undefined for what is not worth one. */
export function describeResource({
  address,
  action,
  state,
  seconds = 0,
  done,
  of,
}: ResourceObserved): string | undefined {
  if (state === "failed") return `${action} of ${address} failed after ${humanDuration(seconds * 1000)}`;
  const isLast = done === of;
  if (state === "started" || (seconds < worthALineSeconds && !isLast)) return undefined;
  return `${done}/${of} ${action} ${address}, ${humanDuration(seconds * 1000)}`;
}
