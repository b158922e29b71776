import { join } from "node:path";

import { messageOf } from "../kernel/failure.ts";
import { writeAtomic } from "../kernel/files.ts";
import type { ActionName } from "./action-inputs.ts";
import { type CommandFiles, commandFiles } from "./command-files.ts";
import type { JobOutcome, RunContexts } from "./contexts.ts";
import type { Scope } from "./expressions/evaluate.ts";
import { holds, interpolate } from "./expressions/template.ts";
import type { JobEnding } from "./job-ending.ts";
import { baseEnv, type JobState, settle, stepScope, variables } from "./job-state.ts";
import type { StepResult } from "./results.ts";
import { runAction } from "./run-action.ts";
import { runProcess } from "./run-process.ts";
import type { Runner } from "./runner.ts";
import { stepEnding } from "./step-ending.ts";
import type { ActionUse, Script, WorkflowJob, WorkflowStep } from "./workflow.ts";
import type { PipelineWorld } from "./world.ts";

export interface StepRun {
  readonly job: WorkflowJob;
  readonly step: WorkflowStep;
  readonly index: number;
  readonly state: JobState;
  readonly run: RunContexts;
  readonly world: PipelineWorld;
  readonly runner: Runner;
  readonly ending: JobEnding;
  /** It is made to fail, without being run. */
  readonly fails: boolean;
}

/** Runs one step, if its condition holds, and takes what came of it into the job's state. Never throws. */
export async function runStep(options: StepRun): Promise<StepResult> {
  const { job, step, state, world } = options;
  const { clock, listener } = world;
  const startedAt = clock.now();
  const result = (name: string, outcome: JobOutcome, message?: string): StepResult => ({
    name,
    ...(step.id !== undefined && { id: step.id }),
    outcome,
    conclusion: outcome === "failure" && step.continueOnError ? "success" : outcome,
    seconds: (clock.now() - startedAt) / 1000,
    ...(message !== undefined && { message }),
  });
  const begun = begin(options);
  if ("problem" in begun || !begun.runs) {
    const skipped = "problem" in begun ? result("step", "failure", begun.problem) : result(begun.name, "skipped");
    settle(state, skipped, {});
    listener({ type: "step-ended", job: job.id, step: skipped });
    return skipped;
  }
  listener({ type: "step-started", job: job.id, step: begun.name });
  const { outcome, message, outputs = {} } = await perform(options);
  const ended = result(begun.name, outcome, message);
  settle(state, ended, outputs);
  listener({ type: "step-ended", job: job.id, step: ended });
  return ended;
}

function begin({ step, state, world, ending }: StepRun): { name: string; runs: boolean } | { problem: string } {
  if (ending.stop.aborted) state.status = "cancelled";
  try {
    const scope = stepScope(state, world);
    return { name: interpolate(step.name, scope), runs: !ending.kill.aborted && holds(step.condition, scope) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

interface Performed {
  readonly outcome: JobOutcome;
  readonly message?: string;
  readonly outputs?: Record<string, string>;
}

async function perform(options: StepRun): Promise<Performed> {
  const { step, state, world, index, runner, ending, fails } = options;
  if (fails) return { outcome: "failure", message: "made to fail" };
  const asks = () => holds(step.condition, stepScope(state, world, "cancelled"));
  const stop = stepEnding({ clock: world.clock, step, ending, goesOn: asks });
  try {
    const files = await commandFiles(runner.folder(index));
    const problem = await work(options, files, stop.signal);
    const said = await files.read();
    state.env = { ...state.env, ...said.env };
    state.path = [...said.path, ...state.path];
    if (said.summary !== "") state.summaries.push(said.summary);
    return { ...outcomeOf(problem, stop.cause()), outputs: { ...said.outputs } };
  } catch (error) {
    return outcomeOf(messageOf(error), stop.cause());
  } finally {
    stop.close();
  }
}

function outcomeOf(problem: string | undefined, cause: "cancelled" | "timed out" | undefined): Performed {
  if (cause === "cancelled") return { outcome: "cancelled", message: "cancelled" };
  if (cause === "timed out") return { outcome: "failure", message: "it took longer than its timeout-minutes" };
  return problem === undefined ? { outcome: "success" } : { outcome: "failure", message: problem };
}

/** Does what the step says; what went wrong, if something did. */
async function work(options: StepRun, files: CommandFiles, stop: AbortSignal): Promise<string | undefined> {
  const { step, state, world } = options;
  const own = variables(step.env, stepScope(state, world));
  const scope = stepScope(state, world, state.status, { ...state.env, ...own });
  if (step.work.kind === "uses") return action(step.work, scope, options);
  const env = { ...baseEnv(options.run, state, world), ...state.env, ...own, ...files.env, ...world.env };
  return script(step.work, { env, scope, stop }, options);
}

async function action(use: ActionUse, scope: Scope, { job, state, world }: StepRun): Promise<undefined> {
  await runAction(use.action as ActionName, {
    given: variables(use.with, scope),
    permissions: job.permissions,
    world,
    place: world.place,
    say: (text) => world.listener({ type: "line", text }),
    export: (name, value) => {
      state.env = { ...state.env, [name]: value };
    },
  });
}

/** Source: GitHub Docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`. */
const shells = { bash: ["--noprofile", "--norc", "-eo", "pipefail"], default: ["-e"] };

interface ScriptRun {
  readonly env: Readonly<Record<string, string>>;
  readonly scope: Scope;
  readonly stop: AbortSignal;
}

async function script(
  { text, shell, directory }: Script,
  run: ScriptRun,
  options: StepRun,
): Promise<string | undefined> {
  const { world, index, runner, ending } = options;
  const file = join(runner.folder(index), "script.sh");
  await writeAtomic(file, text.endsWith("\n") ? text : `${text}\n`);
  const code = await runProcess(
    {
      command: "bash",
      args: [...shells[shell], file],
      cwd: join(world.place.work, directory === undefined ? "" : interpolate(directory, run.scope)),
      env: run.env,
      onLine: (line) => world.listener({ type: "line", text: line }),
      onStart: runner.started,
      stop: run.stop,
      kill: ending.kill,
    },
    world,
  );
  if (code === 0) return undefined;
  return code === null ? "ended by a signal" : `exit code ${code}`;
}
