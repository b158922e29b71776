import type { Instance } from "../../rehearsal/ec2/instance.ts";
import type { FaultStatus } from "../../rehearsal/faults/active-faults.ts";
import { findEngine } from "../../rehearsal/kubelet/container-engine.ts";
import { type Likeness, likeness } from "../../rehearsal/likeness.ts";
import type { ObjectCount } from "../../rehearsal/own-endpoints.ts";
import { readOptions, type ServerRecord } from "../../rehearsal/server-files.ts";
import type { StorageReport } from "../../rehearsal/storage/storage.ts";
import type { Context } from "../context.ts";
import { askServer } from "../targets/server-client.ts";
import { liveServers, runningServer, wasKilled } from "../targets/server-life.ts";
import type { Place } from "./place.ts";

export interface ClusterNode {
  readonly name: string;
  readonly instanceType: string;
  readonly capacityType: string;
  readonly zone: string;
  readonly state: string;
  readonly usdPerHour: number;
  /** What it would have cost on AWS so far. */
  readonly usd: number;
}

/** What a server that answers says of its cluster. */
export interface LiveState {
  readonly now: number;
  readonly pace: number;
  readonly objects: readonly ObjectCount[];
  readonly nodes: readonly ClusterNode[];
  readonly storage: StorageReport | undefined;
  readonly faults: readonly FaultStatus[];
}

export interface ClusterState {
  /** `silent`: its process runs and does not answer; `none`: there is not even kept state. */
  readonly state: "running" | "silent" | "stopped" | "killed" | "none";
  readonly record?: ServerRecord;
  readonly speed?: number;
  readonly live?: LiveState;
  readonly likeness?: Likeness;
}

/** Looks at a place's cluster, without touching it. */
export async function clusterState(context: Context, { dataDir }: Place): Promise<ClusterState> {
  const options = await readOptions(dataDir);
  if (options === undefined) return { state: "none" };
  const engine = options.runtime === "process" ? undefined : await findEngine(context.process.env);
  const kept = { speed: options.speed, likeness: likeness(options, engine?.name) };
  const record = await runningServer(context, dataDir);
  if (record === undefined) {
    const starting = (await liveServers(context, dataDir)).length > 0;
    return { ...kept, state: starting ? "silent" : (await wasKilled(dataDir)) ? "killed" : "stopped" };
  }
  const live = await liveState(record);
  return { ...kept, record, ...(live && { live }), state: live === undefined ? "silent" : "running" };
}

async function liveState(record: ServerRecord): Promise<LiveState | undefined> {
  const ask = <T>(path: string) => askServer<T>(record, "GET", `/aura/v1/${path}`);
  const clock = await ask<{ now: number; pace: number }>("clock");
  if (clock === undefined) return undefined;
  const [objects, instances, storage, faults] = await Promise.all([
    ask<{ items: ObjectCount[] }>("objects"),
    ask<{ items: Instance[] }>("instances"),
    ask<StorageReport>("storage"),
    ask<{ items: FaultStatus[] }>("faults"),
  ]);
  return {
    ...clock,
    objects: objects?.items ?? [],
    nodes: (instances?.items ?? []).map((instance) => nodeOf(instance, clock.now)),
    storage,
    faults: faults?.items ?? [],
  };
}

function nodeOf({ offering, privateDnsName, state, launchedAtMs }: Instance, now: number): ClusterNode {
  const { instanceType, capacityType, zone, usdPerHour } = offering;
  const usd = (Math.max(0, now - launchedAtMs) / 3_600_000) * usdPerHour;
  return { name: privateDnsName, instanceType: instanceType.name, capacityType, zone, state, usdPerHour, usd };
}
