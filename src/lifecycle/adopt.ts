import { join } from "node:path";

import type { Clock } from "../kernel/clock.ts";
import { acquireLock, type LockOptions } from "../kernel/lock.ts";
import type { Environment } from "../spec/environment.ts";
import { insideStepNames } from "./deploy.ts";
import { writeSnapshot } from "./deployed.ts";
import { openJournal, openRun } from "./journal.ts";
import { environmentPaths } from "./paths.ts";
import type { FoundRun } from "./target.ts";

export interface AdoptOptions extends Omit<LockOptions, "path"> {
  readonly environment: Environment;
  readonly found: FoundRun;
  readonly clock: Clock;
}

/** Takes on a run that another machine began: from here on it is in this machine's journal as if it had begun here. */
export async function adoptRun({ environment, found, ...owner }: AdoptOptions): Promise<void> {
  const { directory, name, target } = environment;
  const paths = environmentPaths(directory, name);
  const release = await acquireLock({ path: paths.lock, ...owner });
  try {
    const journal = await openJournal(paths.journal, owner.clock);
    if (openRun(journal.entries) !== undefined) return;
    const { run, begunAt, steps } = found;
    const adopted = { begunAt, steps: [...steps, ...insideStepNames] };
    await writeSnapshot(environment);
    await journal.append({ type: "begin", run, target, reportDir: join(directory, "report", run), adopted });
  } finally {
    await release();
  }
}
