import { expect, test } from "vitest";

import { identify } from "../../src/kernel/processes.ts";
import { environmentPaths } from "../../src/lifecycle/paths.ts";
import { project } from "./harness.ts";

test.each([
  ["at work", process.pid, 'nothing is deployed yet: the environment is in use by "aura up"'],
  ["long gone", 2 ** 22 + 1, "nothing is deployed\n"],
])("status tells of a deploy that is %s", async (_, pid, words) => {
  const made = await project();
  const path = environmentPaths("", "dev").lock;
  const { started } = identify(pid) ?? { started: "" };
  const host = "test-host";
  await made.write(path, JSON.stringify({ pid, started, host, command: "aura up", since: "2026-01-01T00:00:00Z" }));
  expect((await made.aura("status")).stderr).toContain(words);
});
