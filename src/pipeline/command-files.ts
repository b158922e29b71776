import { join } from "node:path";

import { readText, writeAtomic } from "../kernel/files.ts";

/** The files through which a step tells its runner something. */
export interface CommandFiles {
  /** The variables that name them. */
  readonly env: Readonly<Record<string, string>>;
  read(): Promise<StepSays>;
}

export interface StepSays {
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables of the steps that follow. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders for the front of PATH, the last one first. */
  readonly path: readonly string[];
  readonly summary: string;
}

/** Makes a step's files, empty. */
export async function commandFiles(folder: string): Promise<CommandFiles> {
  const paths = {
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_ENV: join(folder, "env"),
    GITHUB_PATH: join(folder, "path"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    GITHUB_STATE: join(folder, "state"),
  };
  for (const path of Object.values(paths)) await writeAtomic(path, "");
  const text = async (path: string) => (await readText(path)) ?? "";
  return {
    env: paths,
    async read() {
      const folders = (await text(paths.GITHUB_PATH)).split("\n").filter((line) => line !== "");
      return {
        outputs: assignments(await text(paths.GITHUB_OUTPUT), "GITHUB_OUTPUT"),
        env: assignments(await text(paths.GITHUB_ENV), "GITHUB_ENV"),
        path: folders.toReversed(),
        summary: await text(paths.GITHUB_STEP_SUMMARY),
      };
    },
  };
}

/** `name=value` lines, and `name<<END` with lines up to `END`. Throws an Error at a line that is neither. */
export function assignments(text: string, file: string): Record<string, string> {
  const lines = text.split(/\r?\n/);
  const found: Record<string, string> = {};
  while (lines.length > 0) {
    const line = lines.shift() ?? "";
    if (line === "") continue;
    const [, name = "", sign, rest = ""] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (sign === undefined) throw new Error(`${file} has a line that assigns nothing: ${line.slice(0, 60)}`);
    found[name] = sign === "=" ? rest : untilEnd(lines, rest, file);
  }
  return found;
}

function untilEnd(lines: string[], end: string, file: string): string {
  const at = lines.indexOf(end);
  if (at === -1 || end === "") throw new Error(`${file} has a text without its end: ${end || "(none)"}`);
  const value = lines.slice(0, at).join("\n");
  lines.splice(0, at + 1);
  return value;
}
