import type { Clock } from "../../kernel/clock.ts";
import { columns, humanDuration, humanUsd } from "../../kernel/text.ts";
import type { PhaseName } from "../../kernel/vocabulary.ts";
import type { NodeObserved, PodObserved, TimelineEntry } from "../../timeline/entries.ts";
import { spentUsd } from "../../timeline/model.ts";
import type { OutputStream } from "../context.ts";
import { offer } from "./lines.ts";
import { followResources, isHeard, type ResourceView, resourceRows, resourceView } from "./resources.ts";

const phases: readonly PhaseName[] = ["deploy", "run", "collect", "destroy"];
/** What a phase does between its steps. */
const phaseWork: Record<PhaseName, string> = {
  deploy: "deploying",
  run: "waiting for the jobs",
  collect: "collecting logs and outputs",
  destroy: "looking for leftovers",
};
const starting = "starting";
const frameMs = 100;
/** What has been spent is a fold over the whole timeline: it is shown this old at most. */
const spentMs = 1000;
/** Also where a terminal says that it has no columns, as those of some CI systems and containers do. */
const defaultWidth = 80;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export interface Progress {
  show(entry: TimelineEntry): void;
  /** Tells of what came before this command: the run's timeline so far. */
  recall(entries: readonly TimelineEntry[]): void;
  /** Leaves the terminal to a question, until the returned function is called. */
  pause(): () => void;
  /** Leaves the terminal clean. */
  stop(): void;
}

/** A block of a few lines at the bottom of a terminal, redrawn ten times a second. */
export function liveProgress(stream: OutputStream, clock: Clock): Progress {
  let view = viewState(clock.now());
  let drawn = 0;
  let cancel: (() => void) | undefined;

  const erasure = () => (drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : "");
  const draw = () => {
    const lines = renderView(view, clock.now()).map((line) => clip(line, stream.columns || defaultWidth));
    // in one write: between two the terminal would show nothing
    stream.write(`${erasure()}${lines.join("\n")}\n`);
    drawn = lines.length;
  };
  const tick = () => {
    draw();
    cancel = clock.schedule(frameMs, tick, { background: true });
  };

  const start = () => {
    stream.write("\x1b[?25l");
    tick();
  };
  const stop = () => {
    cancel?.();
    stream.write(`${erasure()}\x1b[?25h`);
    drawn = 0;
  };
  start();
  return {
    show: (entry) => follow(view, entry),
    recall(entries) {
      view = viewState(view.startedAt);
      for (const entry of entries) follow(view, entry);
      view.doing = starting;
    },
    pause() {
      stop();
      return start;
    },
    stop,
  };
}

interface ViewState {
  readonly startedAt: number;
  readonly entries: TimelineEntry[];
  readonly phases: Map<PhaseName, string>;
  readonly pods: Map<string, PodObserved>;
  readonly nodes: Map<string, NodeObserved>;
  readonly waits: Map<string, string>;
  readonly resources: ResourceView;
  title: string;
  isRehearsal: boolean;
  /** The step that is on, as it is called. */
  step: string;
  doing: string;
  clusterStart: number | undefined;
  /** The latest time of the cluster, and when this machine heard of it. */
  clusterNow: number;
  heardAt: number;
  spent: { readonly at: number; readonly usd: number } | undefined;
}

export function viewState(now: number): ViewState {
  return {
    startedAt: now,
    entries: [],
    phases: new Map(),
    pods: new Map(),
    nodes: new Map(),
    waits: new Map(),
    resources: resourceView(),
    title: "",
    isRehearsal: false,
    step: starting,
    doing: starting,
    clusterStart: undefined,
    clusterNow: 0,
    heardAt: now,
    spent: undefined,
  };
}

/** Folds one entry into the view. */
export function follow(view: ViewState, entry: TimelineEntry): void {
  view.entries.push(entry);
  followResources(view.resources, entry);
  view.clusterStart ??= entry.at;
  if (entry.at > view.clusterNow) {
    view.clusterNow = entry.at;
    view.heardAt = entry.wall;
  }
  switch (entry.type) {
    case "run":
      view.title = `${entry.environment} · ${entry.target}${entry.speed > 1 ? ` ×${entry.speed}` : ""} · ${entry.region}`;
      view.isRehearsal = entry.target === "rehearsal";
      return;
    case "phase":
      view.phases.set(entry.phase, entry.state);
      view.doing = phaseWork[entry.phase];
      return;
    case "step":
      view.step = entry.state === "started" ? (entry.message ?? entry.step) : phaseWork[entry.phase];
      view.doing = view.step;
      return;
    case "resource":
      view.doing = view.step;
      return;
    case "event":
      if (isHeard(entry)) view.doing = entry.message;
      return;
    case "pod":
      view.pods.set(entry.uid, entry);
      return;
    case "node":
      view.nodes.set(entry.name, { ...view.nodes.get(entry.name), ...entry });
      return;
    case "wait":
      view.waits.set(entry.pod, entry.reason);
      return;
  }
}

const phaseMarks: Record<string, string> = { started: "◐", succeeded: "●", failed: "✗", interrupted: "✗" };

/** The view as lines of text. */
export function renderView(view: ViewState, now: number): string[] {
  const frame = spinner[Math.floor((now - view.startedAt) / frameMs) % spinner.length];
  const marks = phases.map((phase) => `${phaseMarks[view.phases.get(phase) ?? ""] ?? "○"} ${phase}`).join("  ");
  // between two entries time passes at least as fast as here
  const clusterNow = view.clusterNow + Math.max(0, now - view.heardAt);
  return [
    `${frame} ${view.title}  ${marks}`,
    `  ${timeText(view, now, clusterNow)}, ${humanUsd(spentBy(view, now, clusterNow))} spent · ${view.doing}`,
    ...table(resourceRows(view.resources, now)),
    ...table([...view.nodes.values()].filter(({ state }) => state !== "gone").map(nodeRow)),
    ...table([...view.pods.values()].filter(({ state }) => state !== "gone").map((pod) => podRow(pod, view.waits))),
  ];
}

/** A rehearsal's cluster has a time of its own. */
function timeText(view: ViewState, now: number, clusterNow: number): string {
  const here = humanDuration(now - view.startedAt);
  if (!view.isRehearsal) return here;
  return `${here} here, ${humanDuration(clusterNow - (view.clusterStart ?? clusterNow))} of cluster time`;
}

function spentBy(view: ViewState, now: number, clusterNow: number): number {
  if (view.spent === undefined || now - view.spent.at >= spentMs) {
    view.spent = { at: now, usd: spentUsd(view.entries, clusterNow) };
  }
  return view.spent.usd;
}

function table(rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0
    ? []
    : columns(rows)
        .split("\n")
        .map((line) => `  ${line}`);
}

function nodeRow(node: NodeObserved): string[] {
  return ["node", node.name, node.state, offer(node)];
}

function podRow(pod: PodObserved, waits: ReadonlyMap<string, string>): string[] {
  const detail = pod.state === "created" ? (waits.get(pod.name) ?? "waits for a node") : (pod.node ?? "");
  return ["pod", pod.name, pod.state === "created" ? "pending" : pod.state, detail];
}

function clip(line: string, width: number): string {
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`;
}
