import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { TimelineEntry } from "../../src/timeline/entries.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { existingCluster } from "./existing-cluster.ts";
import { type Outcome, type Project, processJob, project, signalAt } from "./harness.ts";

// A cluster that somebody has, where nobody can look into pods' volumes: outputs come home through a log.

async function inCluster(jobs: string): Promise<Project> {
  const { kubeconfig } = await existingCluster();
  const environment = `version: 1
name: test
region: us-east-1
target: kubernetes
kubernetes: { kubeconfig: ${kubeconfig} }
pools:
  cpu: { families: [m7i], hold: 30s }
timeout: 30m
jobs: [jobs.yml]
`;
  return project({ environment, jobs });
}

async function home(outcome: Outcome) {
  const dir = outcome.json<Summary>().report?.dir ?? "";
  const files = (await readdir(dir, { recursive: true })).sort();
  const entries = (await readFile(join(dir, "timeline.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TimelineEntry);
  return {
    /** Without the pods' names, which differ. */
    files: files
      .map((file) => file.replace(/^(\w+)\/default\.(\w+)-\w+/, "$1/$2"))
      .filter((file) => /^\w+\/\w+[./]/.test(file)),
    warnings: entries.flatMap((entry) =>
      entry.type === "event" && /^(Output|Log)/.test(entry.reason) ? entry.message : [],
    ),
    exitCodes: entries.flatMap((entry) => (entry.type === "pod" && entry.exitCode !== undefined ? entry.exitCode : [])),
    text: (name: string) => readFile(join(dir, files.find((file) => file.endsWith(name)) ?? ""), "utf8"),
  };
}

test("a job that fails leaves its outputs all the same", async () => {
  const made = await inCluster(
    processJob("fails", 'echo begun; mkdir "$AURA_OUTPUT_DIR/deep"; echo 42 > "$AURA_OUTPUT_DIR/deep/answer"; exit 3'),
  );
  const outcome = await made.aura("cycle", "-o", "json");
  expect(outcome.code, outcome.stderr).toBe(4);
  const { files, warnings, exitCodes, text } = await home(outcome);
  expect(files).toEqual(["logs/fails.main.log", "outputs/fails/deep", "outputs/fails/deep/answer"]);
  expect({ warnings, exitCodes }).toEqual({ warnings: [], exitCodes: [3] });
  expect(await text("deep/answer")).toBe("42\n");
});

test("a checkpoint of a job that is ended comes home", async () => {
  const script = `trap 'sleep 0.2; echo 7 > "$AURA_OUTPUT_DIR/checkpoint"; exit 0' TERM
echo working; while :; do sleep 0.05; done`;
  const made = await inCluster(processJob("trains", script).replace("Seconds: 2", "Seconds: 20"));
  signalAt(made, /trains-\w+ running/);
  const outcome = await made.aura("cycle", "-o", "json", "--on-interrupt", "destroy");
  expect(outcome.code, outcome.stderr).toBe(130);
  const { files, warnings, text } = await home(outcome);
  expect(files).toEqual(["logs/trains.main.log", "outputs/trains/checkpoint"]);
  expect(warnings).toEqual([]);
  expect(await text("checkpoint")).toBe("7\n");
});

test("more than a log holds is told", async () => {
  const script = 'echo begun; head -c 9000000 /dev/urandom > "$AURA_OUTPUT_DIR/weights"';
  const outcome = await (await inCluster(processJob("big", script))).aura("cycle", "-o", "json");
  expect(outcome.code, outcome.stderr).toBe(0);
  const { files, warnings } = await home(outcome);
  expect(files).toEqual(["logs/big.aura-outputs.log", "logs/big.main.log"]);
  expect(warnings).toEqual(["/outputs: more than 7 MiB packed, which is what a log holds"]);
});
