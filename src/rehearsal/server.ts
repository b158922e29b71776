import { hostname } from "node:os";

import { estimatedImageMib, imagePullMs } from "../catalog/image-pull.ts";
import { instanceType } from "../catalog/instance-types.ts";
import { launchLatency, terminateMs } from "../catalog/latency.ts";
import { offerings } from "../catalog/offerings.ts";
import type { Node } from "../cluster/objects.ts";
import { type Clock, timestamp } from "../kernel/clock.ts";
import { type WarpClock, warpClock } from "../kernel/clocks.ts";
import { Failure } from "../kernel/failure.ts";
import { acquireLock } from "../kernel/lock.ts";
import { identify } from "../kernel/processes.ts";
import { seededRandom } from "../kernel/random.ts";
import { startControllers } from "./controllers/controllers.ts";
import type { Core } from "./core/core.ts";
import { createCore } from "./core/create-core.ts";
import { startEventExpiry } from "./core/event-expiry.ts";
import { startGarbageCollector } from "./core/gc.ts";
import type { SimulatedEc2 } from "./ec2/fleet.ts";
import { openEndpoint } from "./endpoint.ts";
import { createFaults } from "./faults/faults.ts";
import { startKubelet } from "./kubelet/kubelet.ts";
import { reap } from "./kubelet/reaper.ts";
import { ownEndpoints } from "./own-endpoints.ts";
import {
  dropRecord,
  isWanted,
  readOptions,
  type ServerOptions,
  serverFiles,
  writeIdentity,
  writeRecord,
} from "./server-files.ts";
import { dropState } from "./storage/state-files.ts";
import { openStorage } from "./storage/storage.ts";
import { writeKubeconfig } from "./wire/kubeconfig.ts";

export interface ServerDeps {
  /** This machine's clock. */
  readonly clock: Clock;
  /** The pid that `server.json` names. */
  readonly pid: number;
  /** This process's environment. Container engines get it; processes of pods get PATH and LANG of it, no more. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** Told of what went wrong inside: each is a bug, none ends the server. */
  readonly log: (message: string) => void;
  /** Called with the reason when the server has nothing to serve any more: its time is over, or its data folder is gone. */
  readonly onExpired: (why: string) => void;
}

export interface RehearsalServer {
  readonly url: string;
  readonly core: Core;
  readonly clock: WarpClock;
  readonly fleet: SimulatedEc2;
  /** Ends every process of every pod, then the endpoint. */
  stop(): Promise<void>;
}

const lookEveryMs = 5000;

/**
 * Starts the embedded cluster on a data folder: reaps what an earlier server left running, goes on from the state it
 * left, opens the endpoint, and writes kubeconfig and `server.json` (both mode 0600) when it is ready. Fails with LOCKED
 * when a server has the folder open; and, leaving nothing, when the environment was destroyed in the meantime.
 */
export async function startServer(dataDir: string, options: ServerOptions, deps: ServerDeps): Promise<RehearsalServer> {
  await requireWanted(dataDir, deps.pid);
  const { clock, pid } = deps;
  const path = serverFiles(dataDir).lock;
  const unlock = await acquireLock({ path, host: hostname(), command: "aura rehearsal serve", clock, pid });
  try {
    return await startLocked(dataDir, options, deps, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function startLocked(
  dataDir: string,
  options: ServerOptions,
  deps: ServerDeps,
  unlock: () => Promise<void>,
): Promise<RehearsalServer> {
  const { log } = deps;
  await reap(dataDir);
  const storage = openStorage({ dataDir, clock: deps.clock, log });
  const clock = warpClock(deps.clock, options.speed, storage.startMs);
  const journal = storage.open(clock);
  // What was drawn before a restart is not drawn again
  const random = seededRandom(options.seed + storage.lastMs);
  const faults = createFaults({ clock, random: seededRandom(options.seed) });
  const core = createCore({ clock: faults.skewed(clock), random, journal });
  const stopCollector = startGarbageCollector(core);
  const stopExpiry = startEventExpiry(core, clock);
  const onError = (where: string, error: unknown) => log(`${where}: ${error instanceof Error ? error.stack : error}`);
  const kubelet = startKubelet({ core, clock, random, dataDir, log, faults, ...kubeletSettings(options, deps) });
  const controllers = startControllers({
    core,
    clock,
    random,
    journal,
    faults,
    onError,
    ...controllerSettings(options),
  });
  const endpoints = ownEndpoints({ core, clock, kubelet, faults, fleet: controllers.fleet, storage: journal, options });
  const onWireError = (error: unknown) => onError("wire", error);
  const wireOptions = {
    core,
    clock,
    faults,
    logs: kubelet.logs,
    containers: kubelet.running,
    extra: endpoints,
    log,
    onError: onWireError,
  };
  const wire = await openEndpoint({ dataDir, port: options.port, now: deps.clock.now() }, wireOptions);
  const cancelExpiry = armExpiry(core, clock, options, deps.onExpired);
  const cancelLook = lookAfter(dataDir, deps);

  const stop = async () => {
    cancelExpiry();
    cancelLook();
    controllers.stop();
    await kubelet.stop();
    stopCollector();
    stopExpiry();
    await wire.close();
    clock.stop();
    await reap(dataDir);
    await journal.close();
    await dropRecord(dataDir, deps.pid);
    await unlock();
  };
  await requireWanted(dataDir, deps.pid).catch(async (error: unknown) => {
    await stop();
    if ((await readOptions(dataDir)) === undefined) await dropState(dataDir);
    throw error;
  });

  const { url, certificatePem, identity } = wire;
  const { token } = identity;
  await writeIdentity(dataDir, identity);
  await writeKubeconfig(serverFiles(dataDir).kubeconfig, { name: `aura-${options.name}`, url, certificatePem, token });
  const started = identify(deps.pid)?.started ?? "";
  const since = timestamp(deps.clock.now());
  await writeRecord(dataDir, { pid: deps.pid, started, since, url, token, certificatePem });
  return { url, core, clock, fleet: controllers.fleet, stop };
}

async function requireWanted(dataDir: string, pid: number): Promise<void> {
  if (await isWanted(dataDir, pid)) return;
  throw new Failure("CLUSTER_FAILED", "the environment was destroyed while its cluster started", { where: dataDir });
}

/** The cluster's age counts from its first start: its first namespace tells. */
function armExpiry(
  core: Core,
  clock: WarpClock,
  { name, ttlMs }: ServerOptions,
  expired: ServerDeps["onExpired"],
): () => void {
  if (ttlMs === undefined) return () => {};
  const { metadata } = core.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
  const ageMs = clock.now() - Date.parse(metadata.creationTimestamp ?? "");
  const end = () => expired(`the time to live of ${name} is over`);
  return clock.schedule(Math.max(0, ttlMs - ageMs), end, { background: true });
}

/** Whoever deletes the data folder by hand means the server too, and has no other way left to end it. */
function lookAfter(dataDir: string, { clock, onExpired }: ServerDeps): () => void {
  let stopped = false;
  let cancel = () => {};
  const later = () => {
    if (!stopped) cancel = clock.schedule(lookEveryMs, () => void look(), { background: true });
  };
  const look = async () => {
    if ((await readOptions(dataDir).catch(() => ({}))) !== undefined) later();
    else if (!stopped) onExpired(`${dataDir} is gone`);
  };
  later();
  return () => {
    stopped = true;
    cancel();
  };
}

function kubeletSettings(options: ServerOptions, deps: ServerDeps) {
  return {
    runtime: options.runtime,
    hostEnv: deps.hostEnv,
    gpuOf: (node: Node) => typeOf(node)?.gpu,
    imagePullMs: (_pod: unknown, image: string, node: Node, cached: boolean) => {
      const type = typeOf(node);
      return type === undefined ? 0 : imagePullMs({ imageMib: estimatedImageMib(image), type, cached });
    },
  };
}

function typeOf(node: Node) {
  return instanceType(node.metadata.labels?.["node.kubernetes.io/instance-type"] ?? "");
}

function controllerSettings({ region, zones, pools, shortages, interruptSpotAfterMs }: ServerOptions) {
  const families = pools.flatMap((pool) => pool.families);
  return {
    region,
    offerings: offerings({ region, zones, families }),
    launchLatency,
    terminateMs,
    shortages,
    ...(interruptSpotAfterMs !== undefined && { interruptSpotAfterMs }),
  };
}
