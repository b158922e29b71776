import { dirname, isAbsolute, join, resolve } from "node:path";

import { type Job, keyOf } from "../cluster/objects.ts";
import { Failure } from "../kernel/failure.ts";
import { readText, removeFile } from "../kernel/files.ts";
import { dropStaleLock } from "../kernel/lock.ts";
import { adoptRun } from "../lifecycle/adopt.ts";
import { type Deployed, deployedEnvironments, environmentNames } from "../lifecycle/deployed.ts";
import { gpusOf } from "../lifecycle/job-endings.ts";
import { environmentPaths } from "../lifecycle/paths.ts";
import type { Environment } from "../spec/environment.ts";
import { parseJobs } from "../spec/jobs.ts";
import { loadEnvironment } from "../spec/load.ts";
import { catalogNames } from "./catalog-names.ts";
import type { Context } from "./context.ts";
import type { SettingFlags, TargetFlags } from "./flags.ts";
import { targetOf } from "./targets/target-of.ts";

/**
 * The environment that `aura.yaml`, variables and flags describe. Where there is no such file, `fallback` is taken for
 * its text.
 */
export async function loadSpec(
  context: Context,
  file: string,
  flags: SettingFlags,
  fallback?: string,
): Promise<Environment> {
  const path = resolve(context.cwd, file);
  const text = (await readText(path)) ?? fallback;
  if (text === undefined) {
    throw new Failure("FILE_NOT_FOUND", `no such file: ${file}`, {
      where: path,
      why: "the environment is described in a file, aura.yaml unless --file names another",
      fix: "cd to the folder that has it, or pass --file",
    });
  }
  const { target, speed, runtime, timeout, budget } = flags;
  return loadEnvironment({
    path,
    text,
    variables: context.process.env,
    known: catalogNames(),
    overrides: {
      ...(target !== undefined && { target }),
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
  const read = (await Promise.all(paths.map(readJobs))).flat();
  const all = await inNamespaces(context, environment, read);
  const isLeftOut = (job: Job) => environment.withoutGpus === true && files === undefined && gpusOf(job) > 0;
  const jobs = all.filter((job) => !isLeftOut(job));
  refuseTwins(jobs);
  if (jobs.length === 0) {
    throw new Failure("JOB_INVALID", "there is no job to run", {
      ...(all.length > 0 && { why: "all of them ask for GPUs, and gpu: false leaves these out" }),
      fix: "name manifests under jobs: in aura.yaml, or pass --job FILE",
    });
  }
  return jobs;
}

/** Two jobs of one name in a namespace are one object: the second would be taken for the first. */
function refuseTwins(jobs: readonly Job[]): void {
  const keys = jobs.map(keyOf);
  const twins = [...new Set(keys.filter((key, index) => keys.indexOf(key) < index))];
  if (twins.length === 0) return;
  throw new Failure("JOB_INVALID", `several jobs are called ${twins.join(", ")}`, {
    why: "a name is used once in a namespace",
    fix: "give each job a metadata.name of its own",
  });
}

async function readJobs(path: string): Promise<Job[]> {
  const text = await readText(path);
  if (text === undefined) {
    throw new Failure("FILE_NOT_FOUND", `no such job file: ${path}`, { fix: "correct jobs: in aura.yaml, or --job" });
  }
  return parseJobs(path, text);
}

/** A Job without a namespace goes where kubectl would put it: to `default` by Aura's kubeconfig, by others where these say. */
async function inNamespaces(context: Context, environment: Environment, jobs: readonly Job[]): Promise<Job[]> {
  if (jobs.every(({ metadata }) => metadata.namespace !== undefined)) return [...jobs];
  const namespace = (await (await targetOf(context, environment)).namespace?.()) ?? "default";
  return jobs.map((job) => ({ ...job, metadata: { namespace, ...job.metadata } }));
}

/**
 * The environment that is deployed beside the file, as it was deployed; undefined when none is. Which one is meant the
 * file's name tells, even if all else in it is wrong; without a file it is the only one. A valid `aura.yaml` is needed
 * only where the record of the one is lost, or where another machine deployed it: then the target is asked, and the run is
 * taken on here.
 */
export async function loadDeployed(
  context: Context,
  file: string,
  { target }: TargetFlags = {},
): Promise<Environment | undefined> {
  const deployed = await deployedEnvironments(dirname(resolve(context.cwd, file)));
  const name = await nameIn(context, file);
  const one = name === undefined && deployed.length === 1 ? deployed[0] : deployed.find((each) => each.name === name);
  const environment = one
    ? (one.environment ?? (await rebuilt(context, file, one)))
    : await deployedElsewhere(context, file, { ...(target !== undefined && { target }) });
  if (environment === undefined && deployed.length > 0) throw anotherIsDeployed(deployed, name);
  if (environment !== undefined && target !== undefined && target !== environment.target) {
    throw new Failure("USAGE", `${environment.name} is deployed on ${environment.target}, not on ${target}`, {
      fix: `leave out --target, or pass --target ${environment.target}`,
    });
  }
  return environment;
}

function anotherIsDeployed(deployed: readonly Deployed[], name: string | undefined): Failure {
  const names = deployed.map((each) => each.name);
  const [first = ""] = names;
  const message =
    names.length === 1 ? `${first} is deployed` : `several environments are deployed: ${names.join(", ")}`;
  return new Failure("USAGE", name === undefined ? message : `${message}, but not ${name}`, {
    why: "a command works on the environment that the file names",
    fix: `pass the file of the one you mean: --file PATH; or name it: export AURA_NAME=${first}`,
  });
}

async function deployedElsewhere(context: Context, file: string, flags: TargetFlags): Promise<Environment | undefined> {
  const environment = await loadSpec(context, file, flags).catch(async (error: unknown) => {
    // nothing can be said of an account that a broken file does not name
    if ((flags.target ?? (await targetIn(context, file)) ?? "rehearsal") !== "rehearsal") throw error;
    return undefined;
  });
  if (environment === undefined) return undefined;
  const found = await (await targetOf(context, environment)).find?.();
  if (found === undefined) return undefined;
  const { host, pid, commandLine: command, clock } = context;
  await adoptRun({ environment, found, host, pid, command, clock });
  return environment;
}

/** The record of a deployed environment is lost: its file says the same, if it still does. */
async function rebuilt(context: Context, file: string, { name, target }: Deployed): Promise<Environment> {
  const environment = await loadSpec(context, file, { target }).catch((cause: unknown) => {
    throw lostRecord(name, cause);
  });
  if (environment.name !== name) throw lostRecord(name, undefined);
  return environment;
}

function lostRecord(name: string, cause: unknown): Failure {
  return new Failure("NO_ENVIRONMENT", `the environment ${name} is deployed, but the record of how is lost`, {
    where: `.aura/${name}/environment.json`,
    fix: `run this again with the file that describes ${name}: --file PATH`,
    ...(cause !== undefined && { cause }),
  });
}

/** Removes what commands that were killed after their work was done left: locks and records. */
export async function dropRemains(context: Context, file: string): Promise<void> {
  const { host, pid, commandLine: command, clock } = context;
  const directory = dirname(resolve(context.cwd, file));
  for (const name of await environmentNames(directory)) {
    const { lock, snapshot } = environmentPaths(directory, name);
    await dropStaleLock({ path: lock, host, pid, command, clock });
    await removeFile(snapshot);
  }
}

/** The name that a variable gives, or a file that may be broken otherwise. */
async function nameIn({ cwd, process }: Context, file: string): Promise<string | undefined> {
  const text = await readText(resolve(cwd, file));
  return process.env["AURA_NAME"] || /^name:\s*["']?([a-z0-9-]+)/m.exec(text ?? "")?.[1];
}

/** The target that a variable names, or a file that may be broken otherwise. */
async function targetIn({ cwd, process }: Context, file: string): Promise<string | undefined> {
  const text = await readText(resolve(cwd, file));
  return process.env["AURA_TARGET"] || /^target:\s*["']?([a-z]+)/m.exec(text ?? "")?.[1];
}
