import { dirname, resolve } from "node:path";

import type { ObjectApi } from "../../cluster/api.ts";
import { Failure } from "../../kernel/failure.ts";
import { connection } from "../../lifecycle/connection.ts";
import { environmentNames } from "../../lifecycle/deployed.ts";
import { openRun, readJournal } from "../../lifecycle/journal.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import type { Context } from "../context.ts";
import type { FileFlags, TargetFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { targetOf } from "../targets/target-of.ts";

/** Where the logs of a run are: in its cluster while there is one, and in its report. */
export interface LogPlace {
  readonly run: string;
  readonly reportDir: string;
  /** Undefined where nothing is deployed, or nobody answers. */
  readonly api: ObjectApi | undefined;
  /** Whether there should be a cluster that answers. */
  readonly deployed: boolean;
}

/** The open run of what is deployed beside the file; of what is not any more, the last one. */
export async function logPlace(context: Context, flags: FileFlags & TargetFlags): Promise<LogPlace> {
  const environment = await loadDeployed(context, flags.file, flags);
  const run = environment && openRun(await journalOf(environment.directory, environment.name));
  if (environment === undefined || run === undefined) return lastPlace(dirname(resolve(context.cwd, flags.file)));
  const api = await connection(await targetOf(context, environment), context.clock).api();
  return { run: run.run, reportDir: run.reportDir, api, deployed: true };
}

async function lastPlace(directory: string): Promise<LogPlace> {
  const journals = await Promise.all((await environmentNames(directory)).map((name) => journalOf(directory, name)));
  const begun = journals.flat().flatMap((entry) => (entry.type === "begin" ? entry : []));
  const last = begun.reduce<(typeof begun)[number] | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined);
  if (last !== undefined) return { run: last.run, reportDir: last.reportDir, api: undefined, deployed: false };
  throw new Failure("NO_ENVIRONMENT", "nothing has run here", {
    why: "logs are those of the jobs that ran in an environment beside the file",
    fix: "aura cycle",
  });
}

function journalOf(directory: string, name: string) {
  return readJournal(environmentPaths(directory, name).journal);
}
