import { Failure } from "../../kernel/failure.ts";
import { columns, count } from "../../kernel/text.ts";
import type { JobResult, PipelineResult } from "../../pipeline/results.ts";
import { listed, secondsText } from "../../report/words.ts";

/** A pipeline that is through, for people: its jobs, and where to look. */
export function pipelineText({ jobs, ok }: PipelineResult, files: readonly string[]): string {
  const rows = jobs.map(({ id, result, seconds, steps }) => [
    id,
    result,
    result === "skipped" ? "-" : secondsText(seconds),
    steps.length === 0 ? "-" : String(steps.filter(({ outcome }) => outcome !== "skipped").length),
  ]);
  const total = jobs.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    "",
    columns([["JOB", "RESULT", "TOOK", "STEPS"], ...rows], [2, 3]),
    "",
    `pipeline ${ok ? "succeeded" : "failed"} · rehearsal · ${secondsText(total)}`,
    ...files.map((file) => `see      ${file}`),
  ].join("\n");
}

/** That jobs did not succeed, and at which steps; undefined when all did. */
export function pipelineFailure({ jobs }: PipelineResult): Failure | undefined {
  const bad = jobs.filter(({ result }) => result === "failure" || result === "cancelled");
  if (bad.length === 0) return undefined;
  const ids = listed(bad.map(({ id }) => id));
  return new Failure("PIPELINE_FAILED", `${count(bad.length, "job")} of the pipeline did not succeed: ${ids}`, {
    problems: bad.flatMap(reasons),
  });
}

function reasons({ id, result, steps, message }: JobResult): string[] {
  const failed = steps.filter(({ conclusion }) => conclusion === "failure" || conclusion === "cancelled");
  const own = failed.map(({ name, message: why = "failed" }) => `${id}/${name}: ${why}`);
  return [...(message === undefined && own.length > 0 ? [] : [`${id}: ${message ?? result}`]), ...own];
}
