import { rename } from "node:fs/promises";

import type { Clock } from "./clock.ts";
import { timestamp } from "./clock.ts";
import { Failure } from "./failure.ts";
import { createExclusive, isCode, readText, removeFile } from "./files.ts";
import { identify, isAlive, type ProcessIdentity } from "./processes.ts";

interface Owner extends ProcessIdentity {
  readonly host: string;
  readonly command: string;
  readonly since: string;
}

export interface LockOptions {
  readonly path: string;
  readonly host: string;
  /** What the owner is doing, for the one who finds the lock held. */
  readonly command: string;
  readonly clock: Clock;
  /** The owner's pid. */
  readonly pid: number;
}

/**
 * Takes the environment's lock and returns its release. A lock whose owner no longer runs on this host is taken over.
 * Fails with LOCKED when somebody else holds it.
 */
export async function acquireLock(options: LockOptions): Promise<() => Promise<void>> {
  const { path, host, command, clock, pid } = options;
  const owner: Owner = { pid, started: identify(pid)?.started ?? "", host, command, since: timestamp(clock.now()) };
  const text = `${JSON.stringify(owner)}\n`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await createExclusive(path, text)) return () => release(path, text);
    const held = await readText(path);
    if (held === undefined) continue;
    const holder = parseOwner(held);
    if (holder !== undefined && isHeld(holder, host)) throw lockedFailure(path, holder);
    await discard(path, held, pid);
  }
  throw new Failure("LOCKED", `the lock ${path} changes hands too quickly`, { fix: "try again" });
}

/** Fails with LOCKED when somebody holds the lock; takes nothing. */
export async function refuseLocked({ path, host }: Pick<LockOptions, "path" | "host">): Promise<void> {
  const holder = parseOwner((await readText(path)) ?? "");
  if (holder !== undefined && isHeld(holder, host)) throw lockedFailure(path, holder);
}

/** Removes a lock whose owner is gone; one that is held, or not there, is left alone. */
export async function dropStaleLock(options: LockOptions): Promise<void> {
  if ((await readText(options.path)) === undefined) return;
  const release = await acquireLock(options).catch((error: unknown) => {
    if (error instanceof Failure && error.code === "LOCKED") return undefined;
    throw error;
  });
  await release?.();
}

function isHeld(owner: Owner, host: string): boolean {
  return owner.host !== host || isAlive(owner);
}

function lockedFailure(path: string, owner: Owner): Failure {
  const elsewhere = `process ${owner.pid} on ${owner.host}, since ${owner.since}`;
  return new Failure("LOCKED", `the environment is in use by "${owner.command}"`, {
    where: path,
    why: `two commands at once would undo each other's work; the other one is ${elsewhere}`,
    fix: `wait for it or stop it: kill ${owner.pid}; if that machine is gone: rm ${path}`,
  });
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // a lock that was cut off while being written has no owner
    return undefined;
  }
}

/** Moves a stale lock away; if somebody took it over in between, gives theirs back. */
async function discard(path: string, stale: string, pid: number): Promise<void> {
  const aside = `${path}.stale.${pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  const moved = await readText(aside);
  if (moved !== undefined && moved !== stale) await createExclusive(path, moved);
  await removeFile(aside);
}

async function release(path: string, text: string): Promise<void> {
  if ((await readText(path)) === text) await removeFile(path);
}
