import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { KubeObject } from "../../../src/cluster/objects.ts";
import { type ManualClock, manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import type { Write } from "../../../src/rehearsal/storage/log-file.ts";
import { type OpenStorage, openStorage } from "../../../src/rehearsal/storage/storage.ts";

export async function folder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "aura-storage-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

export interface Kept {
  readonly core: Core;
  readonly storage: OpenStorage;
  readonly machine: ManualClock;
  readonly log: readonly string[];
}

/** A core over a data folder, as a server opens it. Time stands still unless a test moves `machine`. */
export function openCore(
  dataDir: string,
  options: { readonly mostLogBytes?: number; readonly write?: Write; readonly machine?: ManualClock } = {},
): Kept {
  const { machine = manualClock(), ...rest } = options;
  const log: string[] = [];
  const kept = openStorage({ dataDir, clock: machine, log: (message) => log.push(message), ...rest });
  const storage = kept.open(machine);
  onTestFinished(() => storage.close());
  const core = createCore({ clock: machine, random: seededRandom(1 + kept.lastMs), journal: storage });
  return { core, storage, machine, log };
}

export const configMaps = { apiVersion: "v1", kind: "ConfigMap" };

/** Every object of every kind. */
export function everything(core: Core): readonly KubeObject[] {
  return core.kinds.resources().flatMap((kind) => core.list(kind).items);
}
