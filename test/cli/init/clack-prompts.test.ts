import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { clackPrompts } from "../../../src/cli/init/clack-prompts.ts";
import type { Prompts } from "../../../src/cli/init/prompts.ts";

const questions: readonly (readonly [string, (prompts: Prompts) => Promise<unknown>])[] = [
  ["a text", (prompts) => prompts.text({ question: "Name", preset: "dev", problemOf: () => undefined })],
  ["a choice", (prompts) => prompts.choose({ question: "Which", choices: [{ name: "g5", hint: "" }], preset: [] })],
  ["yes or no", (prompts) => prompts.confirm("Overwrite?", false)],
];

function terminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  output.resume();
  return { input, prompts: clackPrompts({ input, output }) };
}

describe.each(questions)("a question for %s", (_what, ask) => {
  it.each([
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
  ])("ends by %s, without an answer", async (_key, typed) => {
    const { input, prompts } = terminal();
    const asked = ask(prompts);
    input.write(typed);
    await expect(asked).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("ends with the terminal, without an answer", async () => {
    const { input, prompts } = terminal();
    const asked = ask(prompts);
    input.end();
    await expect(asked).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});

it("takes Enter for what it offers", async () => {
  const { input, prompts } = terminal();
  const asked = prompts.text({ question: "Name", preset: "dev", problemOf: () => undefined });
  input.write("\r");
  expect(await asked).toBe("dev");
  const next = prompts.confirm("Overwrite?", true);
  input.write("\r");
  expect(await next).toBe(true);
});
