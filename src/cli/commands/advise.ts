import { join, resolve } from "node:path";

import { instanceTypes } from "../../catalog/instance-types.ts";
import { regions } from "../../catalog/offerings.ts";
import type { PrometheusServer } from "../../cluster/prometheus-request.ts";
import { Failure } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import { durationOf } from "../../kernel/quantity.ts";
import { didYouMean } from "../../kernel/text.ts";
import { parseTimeline } from "../../timeline/read.ts";
import { readTraceFile } from "../../trace/read/read-trace.ts";
import type { Advice } from "../advise/advice.ts";
import { adviceText } from "../advise/advice-text.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";

const fileName = "timeline.jsonl";
const [leastSince, mostSince] = [15 * 60, 90 * 86_400];

export interface AdviseFlags extends OutputFlags {
  readonly trace?: string;
  readonly prometheus?: string;
  readonly since: string;
  readonly region: string;
  readonly gpu?: string;
}

/** `aura advise`: what GPU time and money is wasted, and what to change. It changes nothing. */
export async function advise(this: Context, flags: AdviseFlags, timeline?: string): Promise<void> {
  await perform(this, flags, async () => {
    const advice = await adviceFor(this, flags, timeline);
    return { data: advice, text: "", ...(flags.output !== "json" && { stdout: adviceText(advice) }) };
  });
}

async function adviceFor(context: Context, flags: AdviseFlags, timeline: string | undefined): Promise<Advice> {
  const given = [timeline, flags.trace, flags.prometheus].filter((source) => source !== undefined);
  if (given.length !== 1) {
    throw new Failure("USAGE", given.length === 0 ? "nothing to look at" : "several things to look at", {
      why: "advice comes from one source: a run's timeline, a trace of jobs, or a Prometheus",
      fix: "aura advise report/<run>, aura advise --trace jobs.csv, or aura advise --prometheus http://localhost:9090",
    });
  }
  refuseUnknown(flags);
  if (flags.prometheus !== undefined) return fromPrometheus(context, flags, flags.prometheus);
  if (flags.trace !== undefined) return fromTrace(context, flags, flags.trace);
  return fromTimeline(context, timeline ?? "");
}

/** A region or GPU that the catalog does not know has no price. */
function refuseUnknown({ region, gpu }: AdviseFlags): void {
  refuseOther("region", region, regions());
  if (gpu !== undefined) refuseOther("GPU", gpu, new Set(instanceTypes().flatMap((type) => type.gpu?.name ?? [])));
}

function refuseOther(what: "region" | "GPU", name: string, known: Iterable<string>): void {
  const names = [...known];
  if (names.includes(name)) return;
  const near = didYouMean(name, names);
  throw new Failure("USAGE", `no such ${what}: ${name}`, {
    why: `the catalog has no prices of it; it has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`,
    ...(near !== undefined && { fix: `--${what.toLowerCase()} ${near}` }),
  });
}

async function fromTimeline({ cwd }: Context, given: string): Promise<Advice> {
  const folder = resolve(cwd, given);
  const path = given.endsWith(".jsonl") ? folder : join(folder, fileName);
  const text = await readText(path);
  if (text === undefined) {
    throw new Failure("FILE_NOT_FOUND", `no timeline in ${given}`, {
      where: path,
      why: `a run leaves ${fileName} in the folder of its report`,
      fix: "aura advise report/<run>",
    });
  }
  const { adviceFromTimeline } = await import("../advise/from-timeline.ts");
  return adviceFromTimeline(parseTimeline(text, path).entries, given);
}

async function fromTrace({ cwd }: Context, { region, gpu }: AdviseFlags, file: string): Promise<Advice> {
  const read = await readTraceFile(resolve(cwd, file));
  if (read.kind !== "jobs") {
    throw new Failure("FILE_INVALID", `not a trace of jobs: ${file}`, {
      why: `it is read as ${read.format}`,
      fix: "pass a trace of jobs; aura simulate reads request rates",
    });
  }
  const { adviceFromTrace } = await import("../advise/from-trace.ts");
  return adviceFromTrace({ trace: read.trace, region, gpu, rejected: read.rejected.count });
}

async function fromPrometheus(context: Context, flags: AdviseFlags, url: string): Promise<Advice> {
  const sinceSeconds = (durationOf(flags.since) ?? Number.NaN) / 1000;
  if (!(sinceSeconds >= leastSince && sinceSeconds <= mostSince)) {
    throw new Failure("USAGE", `not a time to look back: ${flags.since}`, {
      why: "less than 15 minutes shows no waste, and more than 90 days is seldom kept",
      fix: "--since 24h",
    });
  }
  const token = context.process.env["AURA_PROMETHEUS_TOKEN"];
  const stop = new AbortController();
  const forget = context.onSignal((signal) =>
    stop.abort(new Failure(signal === "SIGINT" ? "INTERRUPTED" : "TERMINATED", "stopped while asking Prometheus")),
  );
  const { adviceFromPrometheus } = await import("../advise/from-prometheus.ts");
  const server: PrometheusServer = { url, signal: stop.signal, ...(token !== undefined && { token }) };
  try {
    return await adviceFromPrometheus(server, { nowMs: context.clock.now(), sinceSeconds, region: flags.region });
  } finally {
    forget();
  }
}
