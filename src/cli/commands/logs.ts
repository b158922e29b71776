import { Failure } from "../../kernel/failure.ts";
import { readTimeline } from "../../lifecycle/run-timeline.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags, LogFlags, TargetFlags } from "../flags.ts";
import { withInterrupts } from "../interrupt.ts";
import { areOver, follow } from "../logs/follow.ts";
import { prefixOf, printLines } from "../logs/lines.ts";
import { runJobsOf, wantedJobs } from "../logs/log-jobs.ts";
import { type LogPlace, logPlace } from "../logs/log-place.ts";
import { clusterStreams, type LogJob, type LogStream, reportStreams } from "../logs/log-streams.ts";

type Flags = FileFlags & TargetFlags & LogFlags;

/** `aura logs`: what jobs print, from the cluster, and from the report what that has forgotten. Takes no lock. */
export async function logs(this: Context, flags: Flags, name?: string): Promise<void> {
  await perform(this, flags, async () => {
    refuseContradictions(flags);
    const place = await logPlace(this, flags);
    const entries = (await readTimeline(place.reportDir)) ?? [];
    const found = place.api === undefined ? [] : await runJobsOf(place.api, place.run);
    const jobs = wantedJobs(found, entries, name);
    const isParallel = found.some(({ spec }) => (spec?.parallelism ?? 1) > 1 || (spec?.completions ?? 1) > 1);
    const show: Show = { place, entries, jobs, flags, isParallel, isOver: areOver(found, jobs) };
    return withInterrupts(this, ({ stop }) =>
      flags.output === "json" ? asData(show, stop) : asText(this, show, stop),
    );
  });
}

interface Show {
  readonly place: LogPlace;
  readonly entries: readonly TimelineEntry[];
  readonly jobs: readonly LogJob[];
  readonly flags: Flags;
  readonly isParallel: boolean;
  /** Whether no more is to come. */
  readonly isOver: boolean;
}

function refuseContradictions({ follow: follows, previous, output }: Flags): void {
  if (!follows || (!previous && output !== "json")) return;
  throw new Failure("USAGE", `--follow does not go with ${previous ? "--previous" : "-o json"}`, {
    why: previous ? "a run that is over prints nothing more" : "one JSON object is printed, and following has no end",
    fix: "leave one of them out",
  });
}

async function asData({ place, entries, jobs, flags }: Show, signal: AbortSignal): Promise<CommandResult> {
  const streams = await streamsOf({ place, entries, jobs, flags });
  const shown = await Promise.all(
    streams.map(async ({ namespace, name, pod, container, source, pieces }) => {
      let text = "";
      for await (const piece of pieces(signal)) text += piece;
      return { job: name, namespace, pod, container, source, text };
    }),
  );
  return { data: { ok: true, run: place.run, logs: shown }, text: "" };
}

async function asText(context: Context, show: Show, signal: AbortSignal): Promise<CommandResult> {
  const { place, jobs, flags } = show;
  const write = (text: string) => void context.process.stdout.write(text);
  const print = (stream: LogStream) => printLines(stream.pieces(signal), prefixOf(stream, show), write);
  const streams = await streamsOf({ ...show, flags: { ...flags, follow: false } });
  const isFollowed = flags.follow && place.api !== undefined;
  for (const stream of streams) if (!(isFollowed && stream.source === "cluster")) await print(stream);
  if (isFollowed && place.api !== undefined) {
    const { clock } = context;
    if (streams.length === 0 && !show.isOver) context.process.stderr.write("no container has started yet: waiting\n");
    const container = flags.container === undefined ? {} : { container: flags.container };
    await follow({ api: place.api, run: place.run, jobs, clock, signal, print, ...container });
  }
  return { data: {}, text: noteOf(show, streams, isFollowed) };
}

/** What was removed from the cluster first, then what is in it. */
async function streamsOf({ place, entries, jobs, flags }: Omit<Show, "isParallel" | "isOver">): Promise<LogStream[]> {
  const found = await Promise.all(
    jobs.map(async (job) => {
      const live = place.api === undefined ? [] : await clusterStreams(place.api, job, flags);
      const kept = await reportStreams(place.reportDir, entries, { job, choice: flags });
      return [...kept.filter((one) => !live.some(({ pod }) => pod === one.pod)), ...live];
    }),
  );
  return found.flat();
}

function noteOf({ place, flags, jobs, isOver }: Show, streams: readonly LogStream[], isFollowed: boolean): string {
  if (place.deployed && place.api === undefined) return `the cluster does not answer: this is from ${place.reportDir}`;
  if (streams.length > 0 || (isFollowed && !isOver)) return "";
  if (flags.container !== undefined) return `no container ${flags.container} has started`;
  if (flags.previous) return "no container was started anew";
  if (jobs.length === 0) return "no job was submitted yet\n  next   aura run";
  return isOver
    ? "nothing is there of what the jobs printed: their pods are gone with their nodes, or never started"
    : "no container has started yet\n  next   aura logs --follow";
}
