import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import type { Advice } from "../../../src/cli/advise/advice.ts";
import { adviceText } from "../../../src/cli/advise/advice-text.ts";
import { wrapped } from "../../../src/cli/wrapped.ts";
import { writeAtomic } from "../../../src/kernel/files.ts";

const folder = join(import.meta.dirname, "../../golden/advise");

/** Advice as terminals of 80 and of 140 columns show it. UPDATE_GOLDEN=1 writes the files anew: read the difference. */
export async function expectGoldens(name: string, advice: Advice): Promise<void> {
  for (const columns of [80, 140]) {
    const text = `${wrapped(adviceText(advice), { write: () => {}, isTTY: true, columns })}\n`;
    const lines = text.split("\n").filter((line) => !/^ *fix /.test(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    const path = join(folder, `${name}-${columns}.txt`);
    if (process.env["UPDATE_GOLDEN"] === "1") await writeAtomic(path, text);
    expect(text).toBe(await readFile(path, "utf8"));
  }
}
