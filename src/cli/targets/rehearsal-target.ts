import { join, resolve } from "node:path";

import { environmentChargesOf, environmentEstimates } from "../../catalog/environment-costs.ts";
import { sourced } from "../../catalog/source.ts";
import type { Pod } from "../../cluster/objects.ts";
import { readText, removeTree, writeAtomic } from "../../kernel/files.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import type { Step } from "../../lifecycle/step.ts";
import type { FetchedOutputs, FormerNode, FoundRun, RunFacts, Target } from "../../lifecycle/target.ts";
import { logStore } from "../../rehearsal/kubelet/log-store.ts";
import { copyOutputs, outputsOf } from "../../rehearsal/kubelet/outputs.ts";
import { podRecords } from "../../rehearsal/kubelet/pod-record.ts";
import { survivors } from "../../rehearsal/kubelet/reaper.ts";
import { likeness } from "../../rehearsal/likeness.ts";
import { jobProblems } from "../../rehearsal/preflight.ts";
import { readOptions, readRecord, serverFiles } from "../../rehearsal/server-files.ts";
import type { Environment } from "../../spec/environment.ts";
import { synthesizeObjects } from "../../synth/kubernetes/objects.ts";
import type { Leftover, UsageObserved } from "../../timeline/entries.ts";
import type { Context } from "../context.ts";

import { catalogSources } from "./catalog-sources.ts";
import { isListening } from "./ports.ts";
import { askServer } from "./server-client.ts";
import {
  connectServer,
  isReady,
  liveServers,
  reviveServer,
  runningServer,
  serverTime,
  startServer,
  stopServer,
} from "./server-life.ts";

/**
 * The environment's own folder; or, where `AURA_CLOUD` names one that stands for the account, a folder in that: whoever
 * has the same `AURA_CLOUD` finds the cluster there.
 */
function dataDirOf({ process, cwd }: Context, { directory, name }: Environment): string {
  const cloud = process.env["AURA_CLOUD"];
  return cloud ? join(resolve(cwd, cloud), name) : environmentPaths(directory, name).target;
}

/** The embedded cluster on this machine, run by a server process of its own. */
export function rehearsalTarget(context: Context, environment: Environment): Target {
  const dataDir = dataDirOf(context, environment);
  return {
    name: "rehearsal",
    scope: "cluster",
    kubeconfig: serverFiles(dataDir).kubeconfig,
    speed: environment.rehearsal.speed,
    simulated: likeness({ ...environment.rehearsal, region: environment.region }).simulated,
    charges: environmentChargesOf(environment).map(sourced),
    estimates: environmentEstimates().map(sourced),
    preflight: (jobs) => jobProblems(environment, jobs, context.process.env),
    steps: (run) => [clusterStep(context, environment, run)],
    objects: () => synthesizeObjects(environment),
    prepare: (job) => job,
    ...(context.process.env["AURA_CLOUD"] && { find: () => findRun(context, environment) }),
    // its NodeClaims say what they cost
    nodePrice: () => undefined,
    prices: async () => catalogSources(environment),
    async connect() {
      await reviveServer(context, dataDir);
      return connectServer(context, dataDir, "aura up");
    },
    now: () => serverTime(dataDir),
    formerNodes: () => itemsOf<FormerNode>(dataDir, "/aura/v1/ended-machines"),
    usage: () => itemsOf<Omit<UsageObserved, "type">>(dataDir, "/aura/v1/usage"),
    fetchOutputs: (pod, directory) => fetchOutputs(dataDir, pod, directory),
    remains: async () => podRecords(dataDir),
    keptLog: ({ metadata }, container) => {
      const { namespace = "default", name: pod = "", uid = "" } = metadata;
      return logStore({ dataDir, clock: context.clock }).read({ namespace, pod, uid, container });
    },
    provesAbsence: false,
    leftovers: () => findLeftovers(context, dataDir),
    // the cluster's step has removed its folder
    forget: async () => {},
  };
}

/** What the server lists; nothing while it does not answer. */
async function itemsOf<T>(dataDir: string, path: string): Promise<readonly T[]> {
  const record = await readRecord(dataDir);
  const answer = record && (await askServer<{ items: T[] }>(record, "GET", path));
  return answer?.items ?? [];
}

const runFile = "run.json";

/** The run that made the cluster, as EKS's tags tell it; a run without a name where the record is lost. */
async function findRun(context: Context, environment: Environment): Promise<FoundRun | undefined> {
  const dataDir = dataDirOf(context, environment);
  if ((await readOptions(dataDir)) === undefined) return undefined;
  const text = await readText(join(dataDir, runFile));
  const { run, begunAt } = JSON.parse(text ?? "{}") as Partial<FoundRun>;
  return { run: run ?? `${environment.name}-found`, begunAt: begunAt ?? context.clock.now(), steps: ["cluster"] };
}

function clusterStep(context: Context, environment: Environment, { run, expiresAt }: RunFacts): Step {
  const dataDir = dataDirOf(context, environment);
  return {
    name: "cluster",
    phase: "deploy",
    title: "embedded cluster",
    async observe() {
      const record = await runningServer(context, dataDir);
      if (record !== undefined) return (await isReady(record)) ? "present" : "partial";
      if ((await liveServers(context, dataDir)).length > 0) return "partial";
      return (await readText(serverFiles(dataDir).options)) === undefined ? "absent" : "partial";
    },
    async ensure(signal) {
      await stopServer(context, dataDir, signal);
      const { name, region, zones, pools, ttlMs, rehearsal } = environment;
      await writeAtomic(join(dataDir, runFile), JSON.stringify({ run, begunAt: expiresAt - ttlMs }));
      await startServer(context, dataDir, { name, region, zones, pools, ttlMs, ...rehearsal }, signal);
    },
    async undo(signal) {
      await stopServer(context, dataDir, signal);
      await removeTree(dataDir);
    },
  };
}

/** One folder for each declared path when there are several: equal names would collide. */
async function fetchOutputs(dataDir: string, pod: Pod, directory: string): Promise<FetchedOutputs> {
  const outputs = outputsOf(dataDir, pod);
  const results = await Promise.all(
    outputs.map(async ({ path, directory: from, root }) => {
      const folder = outputs.length === 1 ? "" : path.replace(/^\/+/, "");
      const { files, problems } = await copyOutputs(from, join(directory, folder), { root });
      return { files: files.map((file) => ({ ...file, path: join(folder, file.path) })), problems };
    }),
  );
  return { files: results.flatMap(({ files }) => files), problems: results.flatMap(({ problems }) => problems) };
}

async function findLeftovers(context: Context, dataDir: string): Promise<{ checked: string[]; found: Leftover[] }> {
  const record = await readRecord(dataDir);
  const processes = survivors(dataDir).map(({ pid }) => ({
    kind: "process",
    name: String(pid),
    fix: `kill -9 ${pid}`,
  }));
  const servers = (await liveServers(context, dataDir)).map(({ pid }) => ({
    kind: "process",
    name: `server ${pid}`,
    fix: `kill ${pid}`,
  }));
  const socket = record !== undefined && (await listens(record.url)) ? [{ kind: "socket", name: record.url }] : [];
  const files =
    (await readText(serverFiles(dataDir).options)) === undefined
      ? []
      : [{ kind: "file", name: dataDir, fix: `rm -r ${dataDir}` }];
  return { checked: ["processes", "sockets", "files"], found: [...processes, ...servers, ...socket, ...files] };
}

function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return isListening(hostname, Number(port));
}
