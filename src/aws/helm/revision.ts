import { helmFailure, isReleaseMissing } from "./helm-failure.ts";
import type { HelmRun } from "./helm-run.ts";

/** The last revision of a release. */
export interface Revision {
  readonly revision: number;
  /** `deployed`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`, … */
  readonly status: string;
  /** Name and version, such as `karpenter-1.14.1`. */
  readonly chart: string;
  readonly description: string;
}

export interface ReleaseRef {
  readonly name: string;
  readonly namespace: string;
}

/** Undefined where there is no such release. Fails with CLUSTER_UNREACHABLE when nobody answers. */
export async function lastRevision(
  run: HelmRun,
  { name, namespace }: ReleaseRef,
  signal: AbortSignal,
): Promise<Revision | undefined> {
  const args = ["history", name, "--namespace", namespace, "--output", "json", "--max", "1"];
  const result = await run({ args, signal, timeoutMs: 60_000 });
  if (result.code === 0) return (JSON.parse(result.stdout) as Revision[]).at(-1);
  if (isReleaseMissing(result.stderr)) return undefined;
  throw helmFailure(`look at release ${name}`, result.stderr);
}
