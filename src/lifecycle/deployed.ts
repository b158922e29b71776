import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { Failure } from "../kernel/failure.ts";
import { readText, writeAtomic } from "../kernel/files.ts";
import type { TargetName } from "../kernel/vocabulary.ts";
import type { Environment } from "../spec/environment.ts";
import { openRun, readJournal } from "./journal.ts";
import { environmentPaths } from "./paths.ts";

/** An environment whose run is open. */
export interface Deployed {
  readonly name: string;
  readonly target: TargetName;
  /** As it was deployed; undefined when that record is lost. */
  readonly environment: Environment | undefined;
}

/** The environments beside an `aura.yaml` that are deployed. The journal decides; nothing else needs to be whole. */
export async function deployedEnvironments(directory: string): Promise<Deployed[]> {
  const found = await Promise.all(
    (await environmentNames(directory)).map(async (name) => {
      const entries = await readJournal(environmentPaths(directory, name).journal);
      const run = openRun(entries);
      if (run === undefined) return [];
      return [{ name, target: run.target, environment: await readSnapshot(directory, name) }];
    }),
  );
  return found.flat();
}

/** Environments that have, or had, state beside the file. */
export async function environmentNames(directory: string): Promise<string[]> {
  return readdir(join(directory, ".aura")).catch(() => []);
}

/** The environment as it was deployed; undefined when there is no record, or a broken one. */
export async function readSnapshot(directory: string, name: string): Promise<Environment | undefined> {
  const text = await readText(environmentPaths(directory, name).snapshot);
  try {
    return text === undefined ? undefined : { ...(JSON.parse(text) as Environment), directory };
  } catch {
    return undefined;
  }
}

export async function writeSnapshot(environment: Environment): Promise<void> {
  const { snapshot } = environmentPaths(environment.directory, environment.name);
  await writeAtomic(snapshot, `${JSON.stringify(environment)}\n`);
}

/** What cannot change while an environment is deployed: its cluster was made with it, or its state is found by it. */
function fixedOf({ target, region, zones, rehearsal, aws }: Environment, isOnAws: boolean): Record<string, unknown> {
  const place = { "aws.state": aws.state, "aws.bucket": aws.bucket ?? "Aura's own" };
  return { target, region, zones, rehearsal, ...(isOnAws && place) };
}

/** Fails with USAGE when a deployed environment is described differently now in a way that needs a new one. */
export async function refuseMoved(environment: Environment): Promise<void> {
  const deployed = await readSnapshot(environment.directory, environment.name);
  if (deployed === undefined) return;
  const isOnAws = deployed.target === "aws" && environment.target === "aws";
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const was = fixedOf(deployed, isOnAws);
  const wanted = Object.entries(fixedOf(environment, isOnAws));
  const moved = wanted.filter(([field, value]) => text(value) !== text(was[field]));
  if (moved.length === 0) return;
  const fields = moved.map(([field]) => field).join(" and ");
  throw new Failure("USAGE", `${fields} cannot change while ${environment.name} is deployed`, {
    problems: moved.map(([field, value]) => `${field}: ${text(was[field])} is deployed, ${text(value)} is wanted`),
    why: "the cluster was made with it; pools, jobs, timeout and budget can change",
    fix: "aura down, then run this again",
  });
}
