import { sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { startRecorder } from "../../lifecycle/recorder.ts";
import { type ServerRecord, serverFiles } from "../../rehearsal/server-files.ts";
import type { Context } from "../context.ts";
import { lineRenderer } from "../progress/lines.ts";
import { connectServer, logTail, serverTime, wasKilled } from "../targets/server-life.ts";
import type { Place } from "./place.ts";

const lookMs = 250;

/** Shows what happens to nodes and pods until the signal aborts, or the server ends. Fails when that was not in order. */
export async function followCluster(
  context: Context,
  { place, record, fromMs }: { readonly place: Place; readonly record: ServerRecord; readonly fromMs: number },
  signal: AbortSignal,
): Promise<"told" | "ended"> {
  const { clock, servers } = context;
  const show = await startShowing(context, place, fromMs);
  try {
    while (servers.isAlive(record)) {
      if (signal.aborted) return "told";
      await sleep(clock, lookMs, { signal }).catch(() => undefined);
    }
  } finally {
    await show.stop();
  }
  if (!(await wasKilled(place.dataDir))) return "ended";
  throw new Failure("CLUSTER_FAILED", "the embedded cluster was killed, or it crashed", {
    where: serverFiles(place.dataDir).log,
    problems: await logTail(place.dataDir),
    fix: `${place.command("start")} goes on from what it kept`,
  });
}

/** News only: what was there before `fromMs` is not told again. */
async function startShowing(context: Context, place: Place, fromMs: number) {
  const { clock, process } = context;
  const api = await connectServer(context, place.dataDir, place.command("start"));
  const render = lineRenderer();
  return startRecorder({
    api,
    clock,
    known: [],
    // its NodeClaims say what they cost
    nodePrice: () => undefined,
    time: async () => (await serverTime(place.dataDir)) ?? fromMs,
    async observe(observation, at) {
      const line = at < fromMs - 1000 ? undefined : render({ ...observation, at, wall: clock.now() });
      if (line !== undefined) process.stderr.write(`${line}\n`);
    },
  });
}
