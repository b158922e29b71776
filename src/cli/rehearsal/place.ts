import { basename, dirname, join, resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import { acquireLock } from "../../kernel/lock.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import type { Context } from "../context.ts";

export interface PlaceFlags {
  readonly file?: string;
  readonly data?: string;
  readonly name?: string;
}

/** Where a long-living cluster keeps its state. */
export interface Place {
  readonly dataDir: string;
  /** Names the kubeconfig's context: `aura-<name>`. */
  readonly name: string;
  readonly lock: string;
  /** `aura up` made it, and `aura down` takes it away. */
  readonly deployed: boolean;
  /** A command line of `aura rehearsal` about this place, to paste. */
  command(verb: string): string;
}

/** The folder that flags name: `--data`, an environment's own by `--name`, or `.aura/rehearsal` beside aura.yaml. */
export async function placeOf({ cwd }: Context, { file = "aura.yaml", data, name }: PlaceFlags): Promise<Place> {
  if (data !== undefined && name !== undefined) {
    throw new Failure("USAGE", "--data and --name both say where the cluster is", { fix: "pass one of them" });
  }
  if (name !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new Failure("USAGE", `no environment can be called ${JSON.stringify(name)}`, {
      fix: "pass its name: in aura.yaml",
    });
  }
  const beside = dirname(resolve(cwd, file));
  const own = join(beside, ".aura", "rehearsal");
  const dataDir =
    data !== undefined ? resolve(cwd, data) : name !== undefined ? environmentPaths(beside, name).target : own;
  const root = dirname(dataDir);
  const deployed = (await readText(join(root, "journal.jsonl"))) !== undefined;
  const words = [
    ...(data !== undefined ? ["--data", shellWord(data)] : []),
    ...(name !== undefined ? ["--name", name] : []),
    ...(file !== "aura.yaml" && data === undefined ? ["--file", shellWord(file)] : []),
  ];
  return {
    dataDir,
    name: deployed ? basename(root) : contextName(basename(dataDir)),
    lock: join(deployed ? root : dataDir, "lock"),
    deployed,
    command: (verb) => ["aura rehearsal", verb, ...words].join(" "),
  };
}

/** Does work while no other command may touch the place. */
export async function withLock<T>(context: Context, { lock }: Place, work: () => Promise<T>): Promise<T> {
  const { host, pid, clock, commandLine: command } = context;
  const release = await acquireLock({ path: lock, host, command, clock, pid });
  return work().finally(release);
}

/** A word as a shell takes it for one. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function contextName(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "") || "rehearsal"
  );
}
