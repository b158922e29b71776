import { readdir } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

import type { Job } from "../cluster/objects.ts";
import { Failure } from "../kernel/failure.ts";
import { readText } from "../kernel/files.ts";
import { dropStaleLock } from "../lifecycle/lock.ts";
import { environmentPaths } from "../lifecycle/paths.ts";
import type { Environment } from "../spec/environment.ts";
import { parseJobs } from "../spec/jobs.ts";
import { loadEnvironment } from "../spec/load.ts";
import { catalogNames } from "./catalog-names.ts";
import type { Context } from "./context.ts";
import type { SettingFlags } from "./flags.ts";

/** The environment that `aura.yaml`, variables and flags describe. */
export async function loadSpec(context: Context, file: string, flags: SettingFlags): Promise<Environment> {
  const path = resolve(context.cwd, file);
  const text = await readText(path);
  if (text === undefined) {
    throw new Failure("FILE_NOT_FOUND", `no such file: ${file}`, {
      where: path,
      why: "the environment is described in a file, aura.yaml unless --file names another",
      fix: "cd to the folder that has it, or pass --file",
    });
  }
  const { speed, runtime, timeout, budget } = flags;
  return loadEnvironment({
    path,
    text,
    variables: context.process.env,
    known: catalogNames(),
    overrides: {
      ...(speed !== undefined && { speed }),
      ...(runtime !== undefined && { runtime }),
      ...(timeout !== undefined && { timeout }),
      ...(budget !== undefined && { budget }),
    },
  });
}

/** The jobs of the environment's file, or those that `--job` names (relative to the working folder). */
export async function loadJobs(
  context: Context,
  environment: Environment,
  files: readonly string[] | undefined,
): Promise<Job[]> {
  const paths =
    files === undefined
      ? environment.jobFiles.map((file) => (isAbsolute(file) ? file : join(environment.directory, file)))
      : files.map((file) => resolve(context.cwd, file));
  const jobs = (await Promise.all(paths.map(readJobs))).flat();
  if (jobs.length === 0) {
    throw new Failure("JOB_INVALID", "there is no job to run", {
      fix: "name manifests under jobs: in aura.yaml, or pass --job FILE",
    });
  }
  return jobs;
}

async function readJobs(path: string): Promise<Job[]> {
  const text = await readText(path);
  if (text === undefined) {
    throw new Failure("FILE_NOT_FOUND", `no such job file: ${path}`, { fix: "correct jobs: in aura.yaml, or --job" });
  }
  return parseJobs(path, text).map(inNamespace);
}

/** A Job without a namespace goes to `default`, as kubectl with Aura's kubeconfig would put it. */
function inNamespace(job: Job): Job {
  return { ...job, metadata: { ...job.metadata, namespace: job.metadata.namespace ?? "default" } };
}

/** The environment as it was deployed; undefined when none is. Needs no valid `aura.yaml`. */
export async function loadDeployed(context: Context, file: string): Promise<Environment | undefined> {
  const directory = dirname(resolve(context.cwd, file));
  const names = await environmentNames(directory);
  const snapshots = await Promise.all(names.map((name) => readSnapshot(directory, name)));
  const deployed = snapshots.filter((environment) => environment !== undefined);
  if (deployed.length <= 1) return deployed[0];
  const wanted = nameIn(await readText(resolve(context.cwd, file)));
  const match = deployed.find(({ name }) => name === wanted);
  if (match !== undefined) return match;
  throw new Failure("USAGE", `several environments are deployed: ${deployed.map(({ name }) => name).join(", ")}`, {
    fix: "pass the file of the one you mean: --file PATH",
  });
}

/** Removes what commands that were killed after their work was done left: their locks. */
export async function dropStaleLocks(context: Context, file: string): Promise<void> {
  const { host, pid, commandLine: command, clock } = context;
  const directory = dirname(resolve(context.cwd, file));
  for (const name of await environmentNames(directory)) {
    await dropStaleLock({ path: environmentPaths(directory, name).lock, host, pid, command, clock });
  }
}

/** Environments that have, or had, state beside the file. */
async function environmentNames(directory: string): Promise<string[]> {
  return readdir(join(directory, ".aura")).catch(() => []);
}

async function readSnapshot(directory: string, name: string): Promise<Environment | undefined> {
  const text = await readText(environmentPaths(directory, name).snapshot);
  return text === undefined ? undefined : { ...(JSON.parse(text) as Environment), directory };
}

/** The name in a file that may be broken otherwise. */
function nameIn(text: string | undefined): string | undefined {
  return /^name:\s*["']?([a-z0-9-]+)/m.exec(text ?? "")?.[1];
}
