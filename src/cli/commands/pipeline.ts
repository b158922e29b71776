import { join, relative, resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { readText, writeAtomic } from "../../kernel/files.ts";
import { acquireLock } from "../../kernel/lock.ts";
import { signalGroupOf, signalProcess } from "../../kernel/processes.ts";
import { assignment, readInputs } from "../../pipeline/inputs.ts";
import { findStep, type Mishaps } from "../../pipeline/mishaps.ts";
import { readWorkflow } from "../../pipeline/read-workflow.ts";
import type { PipelineResult } from "../../pipeline/results.ts";
import { runPipeline } from "../../pipeline/run-pipeline.ts";
import type { Workflow } from "../../pipeline/workflow.ts";
import { type PipelinePlace, type PipelineWorld, pipelinePlace } from "../../pipeline/world.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { withInterrupts } from "../interrupt.ts";
import { pipelineLines } from "../pipeline/lines.ts";
import { githubStandIns, variableStandIns } from "../pipeline/stand-ins.ts";
import { pipelineFailure, pipelineText } from "../pipeline/text.ts";

interface PipelineFlags extends OutputFlags {
  readonly target: "rehearsal";
  readonly workflow: string;
  readonly action?: string;
  readonly input?: readonly string[];
  readonly var?: readonly string[];
  readonly fail?: string;
  readonly lose?: string;
}

/** `aura pipeline`: executes a workflow's own steps here, on rehearsed clusters. */
export async function pipeline(this: Context, flags: PipelineFlags): Promise<void> {
  await perform(this, flags, async () => {
    const workflow = await loadWorkflow(this, flags.workflow);
    const inputs = readInputs(workflow, givenInputs(flags));
    const mishaps = mishapsOf(workflow, flags);
    const place = pipelinePlace(join(this.cwd, ".aura", ".pipeline"));
    const { host, pid, commandLine: command, clock } = this;
    const release = await acquireLock({ path: place.lock, host, pid, command, clock });
    const github = githubStandIns(workflow, place);
    const vars = {
      ...variableStandIns,
      ...Object.fromEntries((flags.var ?? []).map((text) => assignment(text, "--var"))),
    };
    return withInterrupts(this, async ({ stop: cancel, abort: kill }) => {
      const options = { workflow, run: { github, inputs, vars }, mishaps, cancel, kill };
      const result = await runPipeline(options, worldOf(this, place));
      return finished(this, place, { workflow, result, cancel });
    }).finally(release);
  });
}

async function loadWorkflow({ cwd }: Context, file: string): Promise<Workflow> {
  const path = resolve(cwd, file);
  const text = await readText(path);
  if (text !== undefined) return readWorkflow(path, text);
  throw new Failure("FILE_NOT_FOUND", `no such file: ${file}`, {
    where: path,
    why: "a pipeline is what a GitHub workflow says",
    fix: "aura synth writes it; or name another: --workflow FILE",
  });
}

function givenInputs({ action, input = [] }: PipelineFlags): Map<string, string> {
  const given = new Map(input.map((text) => assignment(text, "--input")));
  if (action !== undefined) given.set("action", action);
  return given;
}

function mishapsOf(workflow: Workflow, { fail, lose }: PipelineFlags): Mishaps {
  return {
    ...(fail !== undefined && { fail: findStep(workflow, fail) }),
    ...(lose !== undefined && { lose: findStep(workflow, lose) }),
  };
}

/** How a rehearsal goes may be said from outside; all else a runner knows from the workflow alone. */
const passedOn = ["AURA_SPEED", "AURA_RUNTIME", "AURA_SEED", "AURA_SHORTAGES", "AURA_INTERRUPT_SPOT_AFTER"];

/** What a command does that knows AWS alone must not reach it: on an EC2 instance credentials come by themselves. */
const rehearsed = { AURA_TARGET: "rehearsal", AWS_EC2_METADATA_DISABLED: "true" };

function worldOf(context: Context, place: PipelinePlace): PipelineWorld {
  const { clock, commands, cwd, program, process } = context;
  const passed = passedOn.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    clock,
    commands,
    tell: (identity, signal, whom) =>
      void (whom === "process" ? signalProcess(identity, signal) : signalGroupOf(identity, signal)),
    project: cwd,
    place,
    program,
    path: process.env["PATH"] ?? "/usr/bin:/bin",
    env: { ...rehearsed, AURA_CLOUD: place.cloud, ...Object.fromEntries(passed) },
    listener: pipelineLines((line) => process.stderr.write(`${line}\n`)),
  };
}

interface Finished {
  readonly workflow: Workflow;
  readonly result: PipelineResult;
  readonly cancel: AbortSignal;
}

async function finished(
  { cwd }: Context,
  place: PipelinePlace,
  { workflow, result, cancel }: Finished,
): Promise<CommandResult> {
  const summary = join(place.root, "summary.md");
  await writeAtomic(summary, result.summary);
  const artifacts = result.artifacts.map((name) => join(place.artifacts, name));
  const error = cancel.aborted ? cancel.reason : pipelineFailure(result);
  const { ok, jobs } = result;
  return {
    data: { ok: ok && error === undefined, workflow: workflow.name, target: "rehearsal", jobs, summary, artifacts },
    text: pipelineText(
      result,
      [summary, ...artifacts].map((path) => relative(cwd, path)),
    ),
    ...(result.summary !== "" && { stdout: result.summary.trimEnd() }),
    ...(error !== undefined && { error }),
  };
}
