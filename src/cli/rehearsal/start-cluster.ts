import { readdir } from "node:fs/promises";
import { join } from "node:path";

import type { KubeObject } from "../../cluster/objects.ts";
import { Failure } from "../../kernel/failure.ts";
import { readText, removeFile, writeAtomic } from "../../kernel/files.ts";
import { readIdentity, type ServerIdentity, type ServerRecord, serverFiles } from "../../rehearsal/server-files.ts";
import { synthesizeObjects } from "../../synth/kubernetes/objects.ts";
import type { Context } from "../context.ts";
import { isListening } from "../targets/ports.ts";
import { connectServer, logTail, runningServer, startServer, stopServer } from "../targets/server-life.ts";
import { type ClusterFlags, differences, moved, type Wanted, wantedCluster } from "./cluster-options.ts";
import type { Place } from "./place.ts";

export interface Begun {
  readonly record: ServerRecord;
  /** It ran already. */
  readonly already: boolean;
  /** What the one who started it should know, one sentence each. */
  readonly notes: readonly string[];
}

/** Starts the place's cluster, from kept state if there is some; finds it running; or fails where flags want another. */
export async function beginCluster(
  context: Context,
  place: Place,
  flags: ClusterFlags,
  signal: AbortSignal,
): Promise<Begun> {
  const wanted = await wantedCluster(context, place, flags);
  const running = await runningServer(context, place.dataDir);
  if (running !== undefined) {
    refuseOther(place, differences(wanted, flags, running));
    await applyPending(context, place);
    return { record: running, already: true, notes: notesOf(place, wanted) };
  }
  await refuseStrangers(place, wanted);
  await stopServer(context, place.dataDir, signal);
  const before = await readIdentity(place.dataDir);
  const record = await launch(context, place, wanted, signal);
  return { record, already: false, notes: [...notesOf(place, wanted), ...portNotes(before, record)] };
}

async function launch(context: Context, place: Place, wanted: Wanted, signal: AbortSignal): Promise<ServerRecord> {
  const { dataDir } = place;
  const { options, kept, environment } = wanted;
  await refusePort(options.port);
  if (kept === undefined && options.empty !== true) await writePending(place, synthesizeObjects(environment));
  await startServer(context, dataDir, options, signal);
  await applyPending(context, place);
  const record = await runningServer(context, dataDir);
  if (record !== undefined) return record;
  throw new Failure("CLUSTER_FAILED", "the embedded cluster ended as soon as it was there", {
    where: serverFiles(dataDir).log,
    problems: await logTail(dataDir),
  });
}

function notesOf(place: Place, wanted: Wanted): string[] {
  const fields = moved(wanted);
  if (fields.length === 0) return [];
  return [
    `${fields.join(" and ")} of the environment changed since this cluster was made; it keeps what it has ` +
      `(${place.command("reset")} makes it anew)`,
  ];
}

function refuseOther(place: Place, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new Failure("USAGE", "the cluster runs already, with other settings", {
    where: place.dataDir,
    problems,
    fix: `${place.command("stop")}, then start it again: its state is kept`,
  });
}

/** A folder that holds something else is not written to, and never removed by a reset. */
async function refuseStrangers(place: Place, { kept }: Wanted): Promise<void> {
  if (kept !== undefined) return;
  const { dataDir, deployed, lock, command } = place;
  if (deployed) {
    throw new Failure("NO_ENVIRONMENT", "this environment has no cluster here", { where: dataDir, fix: "aura up" });
  }
  const own = [lock, serverFiles(dataDir).identity, pendingPath(place)];
  const names = await readdir(dataDir).catch(() => []);
  const strange = names.filter((name) => !own.includes(join(dataDir, name)));
  if (strange.length === 0) return;
  throw new Failure("USAGE", "the data folder holds something else", {
    where: dataDir,
    why: `${strange.slice(0, 3).join(", ")} is not a cluster's, and a reset would remove it`,
    fix: `name an empty folder, or one that is not there yet: ${command("start").replace(/ --data .*/, "")} --data DIR`,
  });
}

async function refusePort(port: number | undefined): Promise<void> {
  if (port === undefined || !(await isListening("127.0.0.1", port))) return;
  throw new Failure("USAGE", `port ${port} is in use`, {
    where: `127.0.0.1:${port}`,
    why: "another process listens there",
    fix: "name a free port: --port N",
  });
}

/** Who has merged the context elsewhere has the old port there. */
function portNotes(before: ServerIdentity | undefined, { url }: ServerRecord): string[] {
  if (before === undefined || Number(new URL(url).port) === before.port) return [];
  return [`the port changed from ${before.port}; kubeconfigs it was merged into need --kubeconfig FILE again`];
}

/** What a new cluster is to begin with, written down first: a start that is cut off is finished by the next one. */
function pendingPath({ dataDir }: Place): string {
  return join(dataDir, "first-objects.json");
}

async function writePending(place: Place, objects: readonly KubeObject[]): Promise<void> {
  await writeAtomic(pendingPath(place), JSON.stringify(objects));
}

async function applyPending(context: Context, place: Place): Promise<void> {
  const text = await readText(pendingPath(place));
  if (text === undefined) return;
  const api = await connectServer(context, place.dataDir, place.command("start"));
  for (const object of JSON.parse(text) as KubeObject[]) await api.apply(object, { fieldManager: "aura", force: true });
  await removeFile(pendingPath(place));
}
