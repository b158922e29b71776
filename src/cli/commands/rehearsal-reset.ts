import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { removeTree } from "../../kernel/files.ts";
import { durationText } from "../../kernel/quantity.ts";
import { readOptions, type ServerOptions, serverFiles } from "../../rehearsal/server-files.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { type Interrupts, withInterrupts } from "../interrupt.ts";
import type { ClusterFlags } from "../rehearsal/cluster-options.ts";
import { type Place, type PlaceFlags, placeOf, withLock } from "../rehearsal/place.ts";
import { beginCluster } from "../rehearsal/start-cluster.ts";
import { runningServer, stopServer } from "../targets/server-life.ts";
import { startResult } from "./rehearsal-start.ts";

interface ResetFlags extends PlaceFlags, OutputFlags {
  readonly yes: boolean;
}

/** `aura rehearsal reset`: deletes the state, and starts anew what ran. */
export async function reset(this: Context, flags: ResetFlags): Promise<void> {
  await perform(this, flags, () =>
    withInterrupts(this, async (interrupts) => {
      const place = await placeOf(this, flags);
      const kept = await readOptions(place.dataDir);
      if (kept === undefined)
        return { data: { ok: true, data: place.dataDir, reset: false }, text: "there is no state" };
      await confirmed(this, place, flags, interrupts);
      return withLock(this, place, () => resetIn(this, place, { flags, kept }, interrupts.stop));
    }),
  );
}

async function confirmed(context: Context, place: Place, { yes }: ResetFlags, { ask }: Interrupts): Promise<void> {
  if (yes) return;
  const question = `delete all objects, logs and volumes of the cluster in ${place.dataDir}?`;
  const answer = await ask((signal) => context.confirm(question, signal));
  if (answer === true) return;
  throw new Failure("DECLINED", "nothing was deleted", {
    why: answer === undefined ? "nobody answered" : "the answer was no",
    fix: `${place.command("reset")} --yes`,
  });
}

async function resetIn(
  context: Context,
  place: Place,
  { flags, kept }: { readonly flags: ResetFlags; readonly kept: ServerOptions },
  signal: AbortSignal,
): Promise<CommandResult> {
  const running = await runningServer(context, place.dataDir);
  await stopServer(context, place.dataDir, signal);
  await dropState(place);
  if (running === undefined) {
    const text = `the state is gone; ${place.command("start")} begins anew`;
    return { data: { ok: true, data: place.dataDir, reset: true, running: false }, text };
  }
  const again = { ...flags, ...settingsOf(kept), detach: true };
  const begun = await beginCluster(context, place, again, signal);
  const { data, text } = startResult(place, again, begun, undefined);
  return { data: { ...data, reset: true, running: true }, text: `the state is gone\n${text}` };
}

/** All but what clients know the cluster by, so that their kubeconfigs stay good, and the lock of this command. */
async function dropState({ dataDir, lock }: Place): Promise<void> {
  const kept = [basename(serverFiles(dataDir).identity), basename(lock)];
  for (const name of await readdir(dataDir)) if (!kept.includes(name)) await removeTree(join(dataDir, name));
}

/** As it was started. */
function settingsOf({ speed, runtime, ttlMs, port, empty }: ServerOptions): ClusterFlags {
  return {
    speed: String(speed),
    runtime,
    ...(ttlMs !== undefined && { ttl: durationText(ttlMs) }),
    ...(port !== undefined && { port: String(port) }),
    ...(empty === true && { empty }),
  };
}
