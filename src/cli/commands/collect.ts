import { collect as collectRun } from "../../lifecycle/collect.ts";
import { noEnvironment } from "../../lifecycle/session.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags, TargetFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { withSession } from "../open.ts";
import { reportResult } from "../summary.ts";

/** `aura collect`: brings home what ended so far. */
export async function collect(this: Context, flags: FileFlags & TargetFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadDeployed(this, flags.file, flags);
    if (environment === undefined) throw noEnvironment("here");
    return withSession(this, environment, { begin: false }, async ({ session, interrupts }) => {
      await collectRun(session, { releaseIdle: false, signal: interrupts.stop });
      return reportResult(session);
    });
  });
}
