import { readFileSync } from "node:fs";

import { engine } from "../../../src/aws/tofu/engine.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { systemCommands } from "../../../src/kernel/system-commands.ts";

// Plans and applies as a command of aura does, in a process that can be killed. Built by the test that starts it.

const { files, ...given } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const signal = new AbortController().signal;
const it = engine({
  ...given,
  files: new Map(files),
  commands: systemCommands,
  clock: systemClock(),
  env: process.env,
  variables: { run: "run-1" },
  listener: { onResource() {}, onNotice() {} },
});
await it.plan(signal);
await it.apply(signal);
