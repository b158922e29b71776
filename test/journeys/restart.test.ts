import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { processJob, timerJob } from "./harness.ts";
import { answers, aura, processesOf, realProject, removeProject, start } from "./processes.ts";

/** A job whose first attempt waits to be killed, and a simulated one that outlives the server. */
const jobs = [
  timerJob("timer", { gpus: 1 }),
  processJob("writes", 'sleep 3; echo 42 > "$AURA_OUTPUT_DIR/answer"; echo done', { backoffLimit: 3 }),
].join("---\n");

async function deployed() {
  const directory = await realProject(jobs);
  onTestFinished(() => removeProject(directory));
  expect(aura(directory, ["up"]).status).toBe(0);
  return {
    directory,
    async killServer() {
      const record = await readFile(join(directory, ".aura", "crash", "target", "server.json"), "utf8");
      process.kill((JSON.parse(record) as { pid: number }).pid, "SIGKILL");
    },
  };
}

test("a run goes on when its server is killed", async () => {
  const { directory, killServer } = await deployed();
  const run = start(directory, ["run"]);
  await run.shows(/writes-\w+ running/);
  await killServer();
  expect([run.output(), await run.ended]).toMatchObject([expect.anything(), { code: 0 }]);
  expect(run.output()).toMatch(/job +writes succeeded/);
  await killServer();
  expect(aura(directory, ["collect"]).status).toBe(0);
  // an attempt that its server left behind may have come that far too
  expect([...new Set(await answers(directory))]).toEqual(["42\n"]);
  await killServer();
  expect(aura(directory, ["down", "--yes"]).status).toBe(0);
  expect(await processesOf(directory)).toEqual([]);
}, 120_000);
