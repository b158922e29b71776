import { join } from "node:path";

import type { Clock } from "../../kernel/clock.ts";
import type { CommandResult, Commands } from "../../kernel/commands.ts";
import { Failure } from "../../kernel/failure.ts";
import { readText, removeFile, writeAtomic } from "../../kernel/files.ts";
import { isAlive, type ProcessIdentity, signalGroup } from "../../kernel/processes.ts";
import { isTimeout, waitUntil } from "../../kernel/wait.ts";
import { helmEnv } from "./helm-env.ts";
import type { HelmProgram } from "./program.ts";

export interface HelmOptions {
  readonly commands: Commands;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Helm's own folder: charts, values, caches. */
  readonly directory: string;
  readonly kubeconfig: string;
}

export interface HelmCall {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** In milliseconds. It is killed when this is over. */
  readonly timeoutMs: number;
  /** Whether it changes the cluster: then a helm that outlived a killed Aura is waited for first. */
  readonly writes?: boolean;
  /** Whether registries are asked with the user's logins. Default: with none. */
  readonly ownLogins?: boolean;
}

/** Runs helm to its end, whatever that is. Fails with CHART_FAILED when it does not come to one in time. */
export type HelmRun = (call: HelmCall) => Promise<CommandResult>;

/** How long a helm that was left alone may go on: without `--wait` none takes as long. */
const patienceMs = 60_000;

export function helmRunner(options: HelmOptions, program: HelmProgram): HelmRun {
  const { commands, directory, env, kubeconfig } = options;
  const record = join(directory, "running.json");
  return async ({ args, signal, timeoutMs, writes = false, ownLogins = false }) => {
    if (writes) await aloneAtWork(options, record, signal);
    let recorded: Promise<void> | undefined;
    const result = await commands.run({
      command: program.path,
      args: [...args, "--kubeconfig", kubeconfig],
      env: helmEnv(env, directory, { ownLogins }),
      signal,
      timeoutMs,
      ...(writes && {
        onStart: (identity: ProcessIdentity) => {
          recorded = writeAtomic(record, JSON.stringify(identity));
        },
      }),
    });
    await recorded;
    if (writes) await removeFile(record);
    signal.throwIfAborted();
    if (result.code === null) throw unended(args, timeoutMs);
    return result;
  };
}

/** Two at once would find each other's half-made release: the one that a kill left behind may end first. */
async function aloneAtWork({ clock }: HelmOptions, record: string, signal: AbortSignal): Promise<void> {
  const text = await readText(record);
  if (text === undefined) return;
  const other = JSON.parse(text) as ProcessIdentity;
  const what = `helm (process ${other.pid}) of an earlier command`;
  const wait = { what, timeoutMs: patienceMs, time: async () => clock.now(), clock, signal };
  await waitUntil(wait, () => (isAlive(other) ? undefined : true)).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
    signalGroup(other.pid, "SIGKILL");
  });
}

function unended([verb = ""]: readonly string[], timeoutMs: number): Failure {
  return new Failure("CHART_FAILED", `helm ${verb} did not end within ${timeoutMs / 1000} s`, {
    why: "the cluster or the registry answers too slowly, or not at all",
    fix: "run this again: it goes on where it was",
  });
}
