import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import type { FilePlan } from "./file-plan.ts";
import type { Prompts } from "./prompts.ts";

interface Overwriting {
  readonly force: boolean;
  readonly prompts: Prompts | undefined;
  /** What calls Aura here, and the command line as typed, which begins with `aura`. */
  readonly command: string;
  readonly commandLine: string;
  say(line: string): void;
}

/** Lets a plan through that overwrites nothing of anybody's, or that somebody agrees to. Names every file otherwise. */
export async function agreeToOverwrite({ differing }: FilePlan, overwriting: Overwriting): Promise<void> {
  const { force, prompts, command, commandLine, say } = overwriting;
  if (force || differing.length === 0) return;
  const message = `${count(differing.length, "file")} there already, with something else in ${differing.length === 1 ? "it" : "them"}`;
  if (prompts === undefined) {
    throw new Failure("USAGE", message, {
      problems: differing,
      why: "nothing was written: they may be somebody's work",
      fix: `move them away, or overwrite them: ${commandLine.replace(/^aura(?= |$)/, () => command)} --force`,
    });
  }
  for (const line of [`${message}:`, ...differing.map((path) => `  ${path}`)]) say(line);
  if (await prompts.confirm("Overwrite?", false)) return;
  throw new Failure("DECLINED", "nothing was written", { why: message });
}
