import { join } from "node:path";

import { Failure } from "../kernel/failure.ts";
import { refuseLocked } from "../kernel/lock.ts";
import { environmentPaths } from "../lifecycle/paths.ts";
import type { Environment } from "../spec/environment.ts";
import type { CommandResult } from "./command.ts";
import type { Context } from "./context.ts";

interface Detached {
  /** Of the environment that it works on. */
  readonly environment: Environment;
  readonly verb: "up" | "cycle" | "down";
  /** Whether every question is answered. */
  readonly yes: boolean;
}

/**
 * Runs the command line that was typed in the background, without its `--detach`, and says how to follow it. Fails with
 * LOCKED when another command works on the environment, with USAGE where a question would come that nobody hears.
 */
export async function inBackground(context: Context, detached: Detached): Promise<CommandResult> {
  const { environment, verb } = detached;
  refuseQuestions(context, detached);
  const paths = environmentPaths(environment.directory, environment.name);
  await refuseLocked({ path: paths.lock, host: context.host });
  const log = join(paths.root, `${verb}.log`);
  const [program = "", ...before] = context.program;
  const args = context.args.filter((arg) => !/^--detach(=|$)/.test(arg));
  const pid = await context.background({ program, args: [...before, ...args], cwd: context.cwd, log });
  const text = [
    `aura ${verb} runs in the background, as process ${pid}`,
    `  next   tail -f ${log}`,
    "         aura status",
    `  stop   kill ${pid}`,
  ].join("\n");
  return { data: { ok: true, environment: environment.name, pid, log }, text };
}

function refuseQuestions({ commandLine }: Context, { environment, verb, yes }: Detached): void {
  if (yes || environment.target !== "aws") return;
  throw new Failure("USAGE", `aura ${verb} would ask, and nobody answers in the background`, {
    why: "what costs money, or throws work away, is asked for before it is done",
    fix: `${commandLine} --yes`,
  });
}
