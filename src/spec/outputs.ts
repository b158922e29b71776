import { posix } from "node:path";

import { annotations, outputPaths } from "./annotations.ts";

// What the container that sends a pod's outputs home and those who fetch them have agreed on.

/** The container beside a job's own that sends its outputs home. */
export const outputsContainer = "aura-outputs";

/** The service account that may write to the bucket of outputs. */
export const outputsAccount = "aura-outputs";

/** The most that fits into a log, packed: kubelet begins a new file at 10 MiB, and base64 takes 4 bytes for 3. */
export const mostLogBytes = 7 * 2 ** 20;

interface Annotated {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } | undefined;
}

/** The paths of a pod's (or a pod template's) outputs as declared, without duplicates and trailing slashes. */
export function declaredOutputs({ metadata }: Annotated): string[] {
  const paths = outputPaths(metadata?.annotations?.[annotations.outputs] ?? "").filter((path) => path !== "");
  return [...new Set(paths.map((path) => posix.normalize(path).replace(/(?<=.)\/$/, "")))];
}

interface Named {
  readonly metadata: { readonly namespace?: string; readonly name?: string };
}

/** Where the outputs of an environment's run are in the bucket. */
export function outputsPrefix(environment: string, run: string): string {
  return `outputs/${environment}/${run}`;
}

/** Where a pod's outputs are below the prefix of its run; each declared path follows as it is. */
export function podFolder({ metadata: { namespace = "default", name = "" } }: Named): string {
  return `${namespace}.${name}`;
}

/** What the key of the object that says how an upload ended adds to the pod's folder. No name in Kubernetes has an underscore. */
export const completeSuffix = "_complete";

/** The first word of each line in the container's log that is not of an archive. */
export const frameWord = "aura-outputs";

/** The most that is brought home of a pod: a model's weights belong in object storage. */
export const homeLimits = { maxBytes: 10 * 2 ** 30, maxFiles: 100_000 };
