import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { makeFolder, writeAtomic } from "../../kernel/files.ts";
import { simulationPage } from "../../report/simulation/page.ts";
import type { JobResults, ReportPaths } from "../../report/simulation/results.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";

/** A timeline of more jobs than this makes a report that no browser likes. */
const mostTimelineJobs = 2000;
const flushAt = 1 << 20;

export interface ReportFiles {
  readonly paths: ReportPaths;
  /** Hears the run whose timeline is written; undefined where none is. */
  readonly observe: ((entry: TimelineEntry) => void) | undefined;
  /** Writes everything; what was there before is replaced only now. */
  finish(results: JobResults, version: string): Promise<void>;
  /** Leaves nothing of a run that failed. */
  abandon(): void;
}

/** The timeline has a folder of its own: `aura report` makes its report beside it. */
export async function reportFiles(folder: string, policy: string, jobs: number): Promise<ReportFiles> {
  const dir = resolve(folder);
  const timeline = jobs > mostTimelineJobs ? undefined : join(dir, policy, "timeline.jsonl");
  await makeFolder(timeline === undefined ? dir : dirname(timeline));
  const lines = timeline === undefined ? undefined : lineFile(timeline);
  const paths: ReportPaths = {
    dir,
    html: join(dir, "report.html"),
    results: join(dir, "results.json"),
    timeline: timeline ?? null,
    timelinePolicy: policy,
  };
  return {
    paths,
    observe: lines?.add,
    async finish(results, version) {
      lines?.finish();
      await writeAtomic(paths.results, `${JSON.stringify(results, null, 2)}\n`);
      await writeAtomic(paths.html, simulationPage(results, version));
    },
    abandon: () => lines?.abandon(),
  };
}

/** Written as it comes, since a timeline may be larger than memory should be; renamed when it is whole. */
function lineFile(path: string) {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, "w");
  let buffer = "";
  const flush = () => {
    writeSync(file, buffer);
    buffer = "";
  };
  return {
    add(entry: TimelineEntry) {
      buffer += `${JSON.stringify(entry)}\n`;
      if (buffer.length > flushAt) flush();
    },
    finish() {
      flush();
      closeSync(file);
      renameSync(temporary, path);
    },
    abandon() {
      closeSync(file);
      rmSync(temporary, { force: true });
    },
  };
}
