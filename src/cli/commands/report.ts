import { appendFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { makeFolder, readText } from "../../kernel/files.ts";
import { count } from "../../kernel/text.ts";
import { renderStepSummary } from "../../report/step-summary.ts";
import { checkAutoscaling } from "../../report/validation/autoscaling.ts";
import type { AutoscalingCheck } from "../../report/validation/check.ts";
import { checkText } from "../../report/validation/text.ts";
import { writeReport } from "../../report/write-report.ts";
import type { TimelineEntry } from "../../timeline/entries.ts";
import { timelineModel } from "../../timeline/model.ts";
import { parseTimeline } from "../../timeline/read.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { summaryResult } from "../summary.ts";

const fileName = "timeline.jsonl";

interface ReportFlags extends OutputFlags {
  readonly check?: "autoscaling";
  readonly summary?: string;
}

/** `aura report DIR`: the timeline is all it needs. */
export async function report(this: Context, flags: ReportFlags, folder: string): Promise<void> {
  await perform(this, flags, async () => {
    const { path, entries } = await readEntries(resolve(this.cwd, folder), folder);
    const result = summaryResult(await writeReport({ directory: dirname(path), entries }));
    const model = timelineModel(entries);
    const check = flags.check === undefined ? undefined : checkAutoscaling(model);
    const file = flags.summary ?? this.process.env["GITHUB_STEP_SUMMARY"];
    if (file !== undefined && file !== "") {
      const path = resolve(this.cwd, file);
      await makeFolder(dirname(path));
      await appendFile(path, renderStepSummary(model, { taken: await sizeOf(path), ...(check && { check }) }));
    }
    return check === undefined ? result : checked(result, check);
  });
}

async function readEntries(given: string, folder: string): Promise<{ path: string; entries: TimelineEntry[] }> {
  const path = given.endsWith(".jsonl") ? given : join(given, fileName);
  const text = await readText(path);
  if (text === undefined) {
    throw new Failure("FILE_NOT_FOUND", `no timeline in ${folder}`, {
      where: path,
      why: `a report is made from its ${fileName}`,
      fix: "aura report report/<run>",
    });
  }
  return { path, entries: [...parseTimeline(text, path).entries] };
}

/** Several commands of one step add to one file. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function checked(result: CommandResult, check: AutoscalingCheck): CommandResult {
  const { reasons } = check;
  return {
    data: { ...result.data, autoscaling: check },
    text: `${result.text}\n\n${checkText(check)}`,
    ...(!check.ok && {
      error: new Failure("CHECK_FAILED", `the autoscaling check found ${count(reasons.length, "problem")}`, {
        problems: reasons,
        why: "it passes when a node came up for each job, the job succeeded on it, and the node went away",
      }),
    }),
  };
}
