import { join } from "node:path";

import { systemClock } from "../../src/kernel/clocks.ts";
import { signalGroupOf, signalProcess } from "../../src/kernel/processes.ts";
import { systemCommands } from "../../src/kernel/system-commands.ts";
import { readInputs } from "../../src/pipeline/inputs.ts";
import { findStep } from "../../src/pipeline/mishaps.ts";
import { readWorkflow } from "../../src/pipeline/read-workflow.ts";
import type { JobResult, PipelineEvent, PipelineResult } from "../../src/pipeline/results.ts";
import { runPipeline } from "../../src/pipeline/run-pipeline.ts";
import { type PipelineWorld, pipelinePlace } from "../../src/pipeline/world.ts";
import { folderWith } from "./folder.ts";

export interface RehearseOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly fail?: string;
  readonly lose?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Another world than this machine's, in parts. */
  readonly world?: Partial<PipelineWorld>;
  /** Hears every event; may cancel the run or end it. */
  readonly onEvent?: (event: PipelineEvent, run: { cancel(): void; kill(): void }) => void;
}

export interface Rehearsed extends PipelineResult {
  readonly lines: readonly string[];
  readonly folder: string;
  job(id: string): JobResult;
  /** `name: outcome` of each step of a job. */
  steps(id: string): readonly string[];
}

/** Runs the jobs of a workflow with bash, in a folder of its own. */
export async function rehearse(jobs: string, options: RehearseOptions = {}): Promise<Rehearsed> {
  const { inputs = {}, fail, lose, files = {}, onEvent } = options;
  const workflow = readWorkflow(
    "/w.yml",
    `on: { workflow_dispatch: { inputs: { action: { type: string, default: x } } } }\nenv: { FROM: workflow }\njobs:\n${jobs}`,
  );
  const folder = await folderWith(files);
  const [cancel, kill] = [new AbortController(), new AbortController()];
  const lines: string[] = [];
  const world: PipelineWorld = {
    clock: systemClock(),
    commands: systemCommands,
    tell: (identity, signal, whom) =>
      void (whom === "process" ? signalProcess(identity, signal) : signalGroupOf(identity, signal)),
    project: folder,
    place: pipelinePlace(join(folder, ".aura", ".pipeline")),
    program: ["/bin/echo", "aura"],
    path: process.env["PATH"] ?? "",
    env: { FORCED: "yes" },
    listener: (event) => {
      if (event.type === "line") lines.push(event.text);
      onEvent?.(event, { cancel: () => cancel.abort(), kill: () => kill.abort() });
    },
    ...options.world,
  };
  const mishaps = {
    ...(fail !== undefined && { fail: findStep(workflow, fail) }),
    ...(lose !== undefined && { lose: findStep(workflow, lose) }),
  };
  const run = {
    github: { repository: "o/r", workspace: world.place.work },
    inputs: readInputs(workflow, new Map(Object.entries(inputs))),
    vars: { ROLE: "arn" },
  };
  const options_ = { workflow, run, mishaps, cancel: cancel.signal, kill: kill.signal };
  const result = await runPipeline(options_, world);
  const job = (id: string): JobResult => {
    const found = result.jobs.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no job ${id}`);
    return found;
  };
  const steps = (id: string) => job(id).steps.map(({ name, outcome }) => `${name}: ${outcome}`);
  return { ...result, lines, folder, job, steps };
}
