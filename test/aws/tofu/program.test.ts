import { expect, test } from "vitest";

import { findEngine } from "../../../src/aws/tofu/program.ts";
import type { Commands } from "../../../src/kernel/commands.ts";

/** Programs on PATH by what they answer to `version -json`. */
const having = (programs: Readonly<Record<string, string>>): Commands => ({
  find: async (name) => (name in programs ? `/bin/${name}` : undefined),
  run: async ({ command }) => ({ code: 0, signal: null, stderr: "", stdout: programs[command.slice(5)] ?? "" }),
});
const version = (text: string) => JSON.stringify({ terraform_version: text }, null, 2);

test.each([
  ["tofu", { tofu: version("1.12.6-dev"), terraform: version("1.11.4") }, undefined, "1.12.6-dev"],
  ["terraform", { terraform: version("1.11.4") }, undefined, "1.11.4"],
  ["terraform", { tofu: version("1.12.6"), terraform: version("1.11.4") }, "terraform" as const, "1.11.4"],
  ["terraform", { tofu: version("1.9.1"), terraform: version("1.10.0") }, undefined, "1.10.0"],
  ["tofu", { tofu: version("2.0.0") }, undefined, "2.0.0"],
])("%s is found in %j", async (name, programs, wanted, found) => {
  expect(await findEngine(having(programs), {}, wanted)).toEqual({ name, path: `/bin/${name}`, version: found });
});

test("warnings before the version are passed over", async () => {
  const tofu = `\nWarning: Unable to open CLI configuration file\n\n${version("1.12.6")}\n`;
  expect(await findEngine(having({ tofu }), {})).toMatchObject({ version: "1.12.6" });
});

test("what is missing or too old is told with a source", async () => {
  await expect(findEngine(having({ tofu: version("1.9.1") }), {})).rejects.toMatchObject({
    code: "TOOL_MISSING",
    message: "there is no tofu or terraform of version 1.10 or later",
    details: {
      problems: ["/bin/tofu is 1.9.1", "terraform is not on PATH"],
      fix: expect.stringContaining("https://opentofu.org/docs/intro/install"),
    },
  });
});

test("a program of another kind is none", async () => {
  await expect(findEngine(having({ tofu: "bean curd" }), {}, "tofu")).rejects.toMatchObject({
    details: { problems: ["/bin/tofu is no tofu: it does not say its version"] },
  });
});
