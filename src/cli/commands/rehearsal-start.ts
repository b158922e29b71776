import { resolve } from "node:path";

import { serverFiles } from "../../rehearsal/server-files.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { type Interrupts, withInterrupts } from "../interrupt.ts";
import type { ClusterFlags } from "../rehearsal/cluster-options.ts";
import { followCluster } from "../rehearsal/follow-cluster.ts";
import { type Merged, mergeKubeconfig } from "../rehearsal/kubeconfig-file.ts";
import { type Place, placeOf, shellWord, withLock } from "../rehearsal/place.ts";
import { type Begun, beginCluster } from "../rehearsal/start-cluster.ts";
import { serverTime, stopServer } from "../targets/server-life.ts";

export interface StartFlags extends ClusterFlags, OutputFlags {
  readonly detach: boolean;
  readonly kubeconfig?: string;
}

/** `aura rehearsal start`: a cluster that stays, for kubectl, helm and any other client. */
export async function start(this: Context, flags: StartFlags): Promise<void> {
  await perform(this, flags, () =>
    withInterrupts(this, async (interrupts) => {
      const place = await placeOf(this, flags);
      const started = await withLock(this, place, () => startIn(this, place, flags, interrupts.stop));
      if (flags.detach || started.data.already) return started;
      // From before anybody is told of the cluster: what the first client does at once is news already
      const fromMs = (await serverTime(place.dataDir)) ?? this.clock.now();
      this.process.stderr.write(`${started.text}\n`);
      return stay(this, { place, started, fromMs }, interrupts);
    }),
  );
}

interface Started extends CommandResult, Pick<Begun, "record"> {
  readonly data: { readonly already: boolean };
}

async function startIn(context: Context, place: Place, flags: StartFlags, signal: AbortSignal): Promise<Started> {
  const begun = await beginCluster(context, place, flags, signal);
  const own = serverFiles(place.dataDir).kubeconfig;
  const merged =
    flags.kubeconfig === undefined ? undefined : await mergeKubeconfig(own, resolve(context.cwd, flags.kubeconfig));
  return startResult(place, flags, begun, merged);
}

/** What a start says; `reset` says it too. */
export function startResult(place: Place, flags: StartFlags, begun: Begun, merged: Merged | undefined): Started {
  const { record, already, notes } = begun;
  const kubeconfig = merged?.path ?? serverFiles(place.dataDir).kubeconfig;
  const data = {
    ok: true,
    already,
    data: place.dataDir,
    pid: record.pid,
    url: record.url,
    kubeconfig,
    context: `aura-${place.name}`,
    current: merged?.current ?? true,
    notes,
  };
  const stays = flags.detach || already;
  const text = [
    already ? `the cluster runs already, since ${record.since}` : `the cluster is up at ${record.url}`,
    ...notes.map((note) => `  note   ${note}`),
    ...useLines(data, merged),
    stays ? `  end    ${place.command("stop")} (its state is kept)` : "  end    Ctrl-C (its state is kept)",
  ].join("\n");
  return { data, text, record };
}

function useLines(
  data: { readonly kubeconfig: string; readonly context: string; readonly current: boolean },
  merged?: Merged,
) {
  if (merged === undefined) return [`  use    export KUBECONFIG=${shellWord(data.kubeconfig)}`];
  const use = data.current
    ? ""
    : `; use it: kubectl --context ${data.context} …, helm --kube-context ${data.context} …`;
  const which = data.current ? "is the current one" : "is there, and the current one stays";
  return [`  use    in ${shellWord(data.kubeconfig)} the context ${data.context} ${which}${use}`];
}

/** A cluster that a command stays with, and since when (by the cluster's clock) it shows what happens. */
interface Standing {
  readonly place: Place;
  readonly started: Started;
  readonly fromMs: number;
}

/** In the foreground: shows what happens, and ends the cluster when told to. */
async function stay(
  context: Context,
  { place, started, fromMs }: Standing,
  interrupts: Interrupts,
): Promise<CommandResult> {
  const why = await followCluster(context, { place, record: started.record, fromMs }, interrupts.stop);
  if (why === "told") await withLock(context, place, () => stopServer(context, place.dataDir, interrupts.abort));
  const data = { ...started.data, running: false };
  return { data, text: `the cluster ended; its state is kept: ${place.command("start")} goes on from there` };
}
