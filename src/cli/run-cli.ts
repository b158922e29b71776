import { run, type StricliDynamicCommandContext } from "@stricli/core";

import { exitCodes } from "../kernel/failure.ts";
import { buildApp } from "./app.ts";
import type { Context } from "./context.ts";

/** Runs one command line. The exit code is left in `context.process.exitCode`. */
export async function runCli(argv: readonly string[], context: Context): Promise<void> {
  // the library's type of `process` cannot say that exitCode may be undefined, as Node's own may
  await run(buildApp(context.version), argv, context as StricliDynamicCommandContext<Context>);
  const code = context.process.exitCode;
  // the command line library's own codes are negative: what it could not parse is the user's to fix
  if (typeof code === "number" && code < 0) context.process.exitCode = exitCodes.usage;
}
