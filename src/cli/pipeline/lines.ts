import type { JobOutcome } from "../../pipeline/contexts.ts";
import type { PipelineEvent, StepResult } from "../../pipeline/results.ts";
import { plainText } from "../../report/markup.ts";
import { secondsText } from "../../report/words.ts";

const signs: Readonly<Record<JobOutcome, string>> = { success: "✓", failure: "✗", cancelled: "!", skipped: "–" };

/** A pipeline as it goes: each step's output under its name, with its result and time. */
export function pipelineLines(print: (line: string) => void): (event: PipelineEvent) => void {
  return (event) => {
    switch (event.type) {
      case "job-started":
        return print(`\n${event.job}`);
      case "step-started":
        return print(`  ▸ ${plainText(event.step)}`);
      case "line":
        return print(`    │ ${plainText(event.text)}`);
      case "step-ended":
        return print(`  ${stepText(event.step)}`);
      case "job-ended": {
        const { id, result, seconds, message } = event.job;
        const time = result === "skipped" ? "" : ` · ${secondsText(seconds)}`;
        return print(
          `${signs[result]} ${id} · ${result}${time}${message === undefined ? "" : ` · ${plainText(message)}`}`,
        );
      }
    }
  };
}

function stepText({ name, outcome, conclusion, seconds, message }: StepResult): string {
  if (outcome === "skipped") return `${signs.skipped} ${plainText(name)} · skipped`;
  const why = message === undefined ? "" : ` · ${plainText(message)}`;
  const counts = conclusion === outcome ? "" : ` · counts as ${conclusion}`;
  return `${signs[outcome]} ${plainText(name)} · ${secondsText(seconds)}${why}${counts}`;
}
