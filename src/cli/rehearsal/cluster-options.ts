import { Failure } from "../../kernel/failure.ts";
import { durationOf } from "../../kernel/quantity.ts";
import { humanDuration } from "../../kernel/text.ts";
import { readSnapshot } from "../../lifecycle/deployed.ts";
import { readOptions, type ServerOptions, type ServerRecord } from "../../rehearsal/server-files.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Context } from "../context.ts";
import type { SettingFlags } from "../flags.ts";
import { loadSpec } from "../load.ts";
import type { Place, PlaceFlags } from "./place.ts";

export interface ClusterFlags extends PlaceFlags, Pick<SettingFlags, "speed" | "runtime"> {
  readonly ttl?: string;
  readonly port?: string;
  readonly empty?: boolean;
}

/** A cluster without an aura.yaml has the pools that an aura.yaml has that names none. */
const plainFile = "version: 1\nname: rehearsal\n";

/** What a cluster is to be made with, and what it was made with if it is there already. */
export interface Wanted {
  readonly environment: Environment;
  readonly options: ServerOptions;
  readonly kept: ServerOptions | undefined;
}

/**
 * Region, zones and pools are those the kept state was made with, or the environment's; the rest is as flags say, as
 * kept, or as the environment says. Without `--ttl` a cluster lives until it is stopped.
 */
export async function wantedCluster(context: Context, place: Place, flags: ClusterFlags): Promise<Wanted> {
  const kept = await readOptions(place.dataDir);
  const environment = await environmentOf(context, place, flags);
  return { environment, kept, options: { ...(kept ?? made(place, environment, flags)), ...said(environment, flags) } };
}

async function environmentOf(context: Context, place: Place, flags: ClusterFlags): Promise<Environment> {
  const { speed, runtime, file } = flags;
  const settings = { ...(speed !== undefined && { speed }), ...(runtime !== undefined && { runtime }) };
  const fallback = file === undefined ? plainFile : undefined;
  const current = await loadSpec(context, file ?? "aura.yaml", settings, fallback);
  if (!place.deployed) return current;
  const deployed = await readSnapshot(current.directory, place.name);
  return deployed === undefined ? current : { ...deployed, rehearsal: current.rehearsal };
}

function made(place: Place, { region, zones, pools, rehearsal }: Environment, { empty }: ClusterFlags): ServerOptions {
  return { name: place.name, region, zones, pools, ...rehearsal, ...(empty === true && { empty }) };
}

/** What flags say themselves, checked. */
function said({ rehearsal }: Environment, flags: ClusterFlags): Partial<ServerOptions> {
  return {
    ...(flags.speed !== undefined && { speed: rehearsal.speed }),
    ...(flags.runtime !== undefined && { runtime: rehearsal.runtime }),
    ...(flags.ttl !== undefined && { ttlMs: ttlOf(flags.ttl) }),
    ...(flags.port !== undefined && { port: portOf(flags.port) }),
  };
}

function ttlOf(text: string): number {
  const ttlMs = durationOf(text);
  if (ttlMs !== undefined && ttlMs > 0) return ttlMs;
  throw new Failure("USAGE", `--ttl is ${JSON.stringify(text)}, which is not a duration such as 90m or 8h`, {
    fix: "leave --ttl out: the cluster then stays until it is stopped",
  });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new Failure("USAGE", `--port is ${JSON.stringify(text)}, which is not a number from 1 to 65535`, {
    fix: "leave --port out: a free port is taken, and kept",
  });
}

/** How what is wanted differs from what runs, one sentence each; nothing where flags say nothing. */
export function differences({ options, kept }: Wanted, flags: ClusterFlags, running: ServerRecord): string[] {
  const port = Number(new URL(running.url).port);
  const life = (ttlMs: number | undefined) => (ttlMs === undefined ? "no end" : humanDuration(ttlMs));
  const settings = [
    ["port", port, flags.port === undefined ? port : options.port],
    ["speed", kept?.speed, options.speed],
    ["runtime", kept?.runtime, options.runtime],
    ["ttl", life(kept?.ttlMs), life(options.ttlMs)],
    ["pools", poolsText(kept?.empty), poolsText(flags.empty === true || kept?.empty)],
  ] as const;
  return settings.flatMap(([name, is, wanted]) => (is === wanted ? [] : `${name}: ${is} runs, ${wanted} is wanted`));
}

function poolsText(empty: boolean | undefined): string {
  return empty === true ? "none" : "those of the environment";
}

/** What of the environment the kept state cannot take over any more. */
export function moved({ environment, kept }: Wanted): string[] {
  const fixed = ["region", "zones", "pools"] as const;
  if (kept === undefined) return [];
  return fixed.filter((field) => JSON.stringify(kept[field]) !== JSON.stringify(environment[field]));
}
