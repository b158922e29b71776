import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { HelmOptions } from "../../../src/aws/helm/helm-run.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { systemCommands } from "../../../src/kernel/system-commands.ts";
import { findTools } from "../clients/tools.ts";

export const charts = join(import.meta.dirname, "charts");

/** Where helm is, for PATH; a test that has it runs on a cluster of `onCluster`, which looks for it in the same way. */
export async function helmPath(): Promise<string> {
  const { bin } = await findTools();
  return `${bin}:${process.env["PATH"]}`;
}

export interface Place extends HelmOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  remove(): Promise<void>;
}

/** Helm in a folder of its own. */
export async function helmPlace(path: string, kubeconfig: string): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "aura-helm-"));
  return {
    commands: systemCommands,
    env: { PATH: path, HOME: directory },
    clock: systemClock(),
    directory: join(directory, "helm"),
    kubeconfig,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A copy of a kubeconfig whose server is at a port where nobody listens. */
export async function deadKubeconfig(kubeconfig: string): Promise<string> {
  const dead = `${kubeconfig}.dead`;
  await writeFile(dead, (await readFile(kubeconfig, "utf8")).replace(/(server"?: "?https:\/\/[^:]+):\d+/, "$1:1"));
  await chmod(dead, 0o600);
  return dead;
}
