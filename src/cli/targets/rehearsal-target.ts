import { join } from "node:path";

import { environmentChargesOf, environmentEstimates } from "../../catalog/environment-costs.ts";
import { sourced } from "../../catalog/source.ts";
import type { Pod } from "../../cluster/objects.ts";
import { readText, removeTree } from "../../kernel/files.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import type { Step } from "../../lifecycle/step.ts";
import type { FetchedOutputs, Target } from "../../lifecycle/target.ts";
import { logStore } from "../../rehearsal/kubelet/log-store.ts";
import { copyOutputs, outputsOf } from "../../rehearsal/kubelet/outputs.ts";
import { podRecords } from "../../rehearsal/kubelet/pod-record.ts";
import { survivors } from "../../rehearsal/kubelet/reaper.ts";
import { likeness } from "../../rehearsal/likeness.ts";
import { jobProblems } from "../../rehearsal/preflight.ts";
import { readRecord, serverFiles } from "../../rehearsal/server-files.ts";
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

function dataDirOf({ directory, name }: Environment): string {
  return environmentPaths(directory, name).target;
}

/** The embedded cluster on this machine, run by a server process of its own. */
export function rehearsalTarget(context: Context, environment: Environment): Target {
  const dataDir = dataDirOf(environment);
  return {
    name: "rehearsal",
    scope: "cluster",
    kubeconfig: serverFiles(dataDir).kubeconfig,
    speed: environment.rehearsal.speed,
    simulated: likeness({ ...environment.rehearsal, region: environment.region }).simulated,
    charges: environmentChargesOf(environment).map(sourced),
    estimates: environmentEstimates().map(sourced),
    preflight: (jobs) => jobProblems(environment, jobs, context.process.env),
    steps: () => [clusterStep(context, environment)],
    objects: () => synthesizeObjects(environment),
    prepare: (job) => job,
    // its NodeClaims say what they cost
    nodePrice: () => undefined,
    prices: async () => catalogSources(environment),
    async connect() {
      await reviveServer(context, dataDir);
      return connectServer(context, dataDir, "aura up");
    },
    now: () => serverTime(dataDir),
    async usage() {
      const record = await readRecord(dataDir);
      const answer =
        record && (await askServer<{ items: Omit<UsageObserved, "type">[] }>(record, "GET", "/aura/v1/usage"));
      return answer?.items ?? [];
    },
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

function clusterStep(context: Context, environment: Environment): Step {
  const dataDir = dataDirOf(environment);
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
