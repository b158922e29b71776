import { exitCodeOf, exitCodes } from "../kernel/failure.ts";
import { fileFailure } from "../kernel/files.ts";
import type { Context } from "./context.ts";
import { errorReport, errorText } from "./errors.ts";
import type { OutputFlags } from "./flags.ts";
import { wrapped } from "./wrapped.ts";

/** What a command hands over: data for stdout in JSON, text for people, and the failure if there was one. */
export interface CommandResult {
  readonly data: object;
  readonly text: string;
  /** Text that is the very data asked for: for stdout where JSON is not. */
  readonly stdout?: string;
  /** The command did what it could, but this went wrong. */
  readonly error?: unknown;
}

/**
 * Runs a command's work and turns what comes of it into stdout, stderr and an exit code, in this one place.
 * With `-o json` stdout gets one object, on failure too.
 */
export async function perform(context: Context, flags: OutputFlags, work: () => Promise<CommandResult>): Promise<void> {
  const { stdout, stderr } = context.process;
  const result = await work().catch(
    (error: unknown): CommandResult => ({ data: {}, text: "", error: fileFailure(error) }),
  );
  const { data, text, error } = result;
  const json = flags.output === "json";
  if (json)
    stdout.write(`${JSON.stringify(error === undefined ? data : { ...data, ok: false, error: errorReport(error) })}\n`);
  else if (result.stdout !== undefined) stdout.write(`${wrapped(result.stdout, stdout)}\n`);
  if (text !== "") stderr.write(`${wrapped(text, stderr)}\n`);
  if (error !== undefined) stderr.write(`${wrapped(errorText(error), stderr)}\n`);
  context.process.exitCode = error === undefined ? exitCodes.done : exitCodeOf(error);
}
