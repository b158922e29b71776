import { Failure } from "../../kernel/failure.ts";
import { survivors } from "../../rehearsal/kubelet/reaper.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { withInterrupts } from "../interrupt.ts";
import { type Place, type PlaceFlags, placeOf, withLock } from "../rehearsal/place.ts";
import { liveServers, stopServer } from "../targets/server-life.ts";

/** `aura rehearsal stop`: ends the server and every process of its pods; the state stays. */
export async function stop(this: Context, flags: PlaceFlags & OutputFlags): Promise<void> {
  await perform(this, flags, () =>
    withInterrupts(this, async (interrupts) => {
      const place = await placeOf(this, flags);
      return withLock(this, place, () => stopIn(this, place, interrupts.stop));
    }),
  );
}

async function stopIn(context: Context, place: Place, signal: AbortSignal): Promise<CommandResult> {
  const { dataDir } = place;
  const stopped = (await liveServers(context, dataDir)).length > 0;
  await stopServer(context, dataDir, signal);
  const left = survivors(dataDir).map(({ pid }) => pid);
  const data = { ok: left.length === 0, data: dataDir, stopped, left };
  const text = stopped ? `stopped; the state is kept in ${dataDir}` : "nothing runs";
  if (left.length === 0) return { data, text };
  const error = new Failure("LEFTOVERS", `processes of pods still run: ${left.join(", ")}`, {
    fix: `kill -9 ${left.join(" ")}`,
  });
  return { data, text, error };
}
