import { Failure } from "../../kernel/failure.ts";
import { collect as collectRun } from "../../lifecycle/collect.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags, TargetFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { withSession } from "../open.ts";
import { reportResult } from "../summary.ts";

interface CollectFlags extends FileFlags, TargetFlags {
  readonly releaseIdle: boolean;
}

/** `aura collect`: brings home what ended so far. */
export async function collect(this: Context, flags: CollectFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadDeployed(this, flags.file, flags);
    if (environment === undefined) throw nothingDeployed();
    return withSession(this, environment, { begin: false }, async ({ session, interrupts }) => {
      await collectRun(session, { releaseIdle: flags.releaseIdle, signal: interrupts.stop });
      return reportResult(session);
    });
  });
}

function nothingDeployed(): Failure {
  return new Failure("NO_ENVIRONMENT", "nothing is deployed here", {
    why: "what was brought home before is in report/",
    fix: "aura up",
  });
}
