import { dirname, join, resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import { writeReport } from "../../report/write-report.ts";
import { parseTimeline } from "../../timeline/read.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { summaryResult } from "../summary.ts";

const fileName = "timeline.jsonl";

/** `aura report DIR`: the timeline is all it needs. */
export async function report(this: Context, flags: OutputFlags, folder: string): Promise<void> {
  await perform(this, flags, async () => {
    const given = resolve(this.cwd, folder);
    const path = given.endsWith(".jsonl") ? given : join(given, fileName);
    const text = await readText(path);
    if (text === undefined) {
      throw new Failure("FILE_NOT_FOUND", `no timeline in ${folder}`, {
        where: path,
        why: `a report is made from its ${fileName}`,
        fix: "aura report report/<run>",
      });
    }
    const { entries } = parseTimeline(text, path);
    return summaryResult(await writeReport({ directory: dirname(path), entries }));
  });
}
