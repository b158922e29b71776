import { createHash } from "node:crypto";
import { join } from "node:path";

import { sleep } from "../../kernel/clock.ts";
import { makeFolder, writeAtomic } from "../../kernel/files.ts";
import { type Chart, chartFile } from "./chart.ts";
import { helmFailure, isReleaseMissing, passes } from "./helm-failure.ts";
import { type HelmOptions, type HelmRun, helmRunner } from "./helm-run.ts";
import { findHelm } from "./program.ts";
import { lastRevision, type ReleaseRef, type Revision } from "./revision.ts";

/** A chart with values, as it is to be in the cluster. */
export interface Release extends ReleaseRef {
  readonly chart: Chart;
  readonly values: object;
  /** Leaves out the CRDs that come with the chart. Default false. */
  readonly skipCrds?: boolean;
}

export interface Helm {
  readonly version: string;
  /**
   * `present` when this very chart with these values was installed last and nothing was done to it by helm since;
   * `partial` for anything else that helm knows by that name.
   */
  state(release: Release, signal: AbortSignal): Promise<"present" | "partial" | "absent">;
  /**
   * Installs it, or brings it to this chart and these values; what a killed helm left half-made is rolled back first.
   * Does not wait for pods (`--wait` says after minutes that time is up, and not why). Fails with CHART_FAILED.
   */
  upgradeInstall(release: Release, signal: AbortSignal): Promise<void>;
  /** Takes it away; that it is gone already is success. */
  uninstall(ref: ReleaseRef, signal: AbortSignal): Promise<void>;
}

/** For one request of helm's to the cluster, and for its hooks. */
const requestTimeoutMs = 120_000;
/** For all of them: then it is killed. */
const processTimeoutMs = 300_000;
const pauseMs = 2000;
const mostTries = 3;
/** Revisions that stay in the cluster: enough to roll back to. */
const historyMax = "3";

/** Helm on a cluster. Fails with TOOL_MISSING where there is none that will do. */
export async function openHelm(options: HelmOptions): Promise<Helm> {
  await makeFolder(options.directory);
  const program = await findHelm(options.commands, options.env);
  const run = helmRunner(options, program);
  return {
    version: program.version,
    async state(release, signal) {
      const last = await lastRevision(run, release, signal);
      if (last === undefined) return "absent";
      return last.status === "deployed" && last.description === describe(release) ? "present" : "partial";
    },
    async upgradeInstall(release, signal) {
      const chart = await chartFile(release.chart, { ...options, run, signal });
      const values = join(options.directory, `${release.name}-values.json`);
      await writeAtomic(values, `${JSON.stringify(release.values, null, 2)}\n`, 0o600);
      await recover(run, release, signal);
      await write(run, options, `install ${release.name}`, upgradeArgs(release, chart, values), signal);
    },
    async uninstall(ref, signal) {
      await uninstall(run, ref, signal);
    },
  };
}

/** What the cluster keeps with the release, to know it by. */
function describe({ chart, values, skipCrds = false }: Release): string {
  const asked = JSON.stringify({ chart, values, skipCrds });
  return `aura ${createHash("sha256").update(asked).digest("hex").slice(0, 16)}`;
}

function upgradeArgs(release: Release, chart: string, values: string): string[] {
  return [
    ...["upgrade", release.name, chart, "--install", "--namespace", release.namespace],
    // only what is given counts: nothing is inherited from what was there
    ...["--values", values, "--reset-values"],
    ...(release.skipCrds ? ["--skip-crds"] : []),
    ...["--history-max", historyMax, "--timeout", `${requestTimeoutMs / 1000}s`],
    ...["--description", describe(release)],
  ];
}

/** Tries again what fails in passing; a revision that failed is no hindrance to the next. */
async function write(
  run: HelmRun,
  { clock }: HelmOptions,
  what: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const { code, stderr } = await run({ args, signal, timeoutMs: processTimeoutMs, writes: true });
    if (code === 0) return;
    if (tried === mostTries || !passes(stderr)) throw helmFailure(what, stderr);
    await sleep(clock, pauseMs, { signal });
  }
}

/** Helm refuses to touch a release that another helm seems to be at work on; one that was killed seems so for ever. */
async function recover(run: HelmRun, release: Release, signal: AbortSignal): Promise<void> {
  // as a write: a helm that still runs may yet bring it to its end
  const look = () => lastRevision((call) => run({ ...call, writes: true }), release, signal);
  const last = await look();
  if (last === undefined) return;
  if (isHalfInstalled(last)) return uninstall(run, release, signal);
  if (!isHalfUpgraded(last)) return;
  const args = ["rollback", release.name, "--namespace", release.namespace, "--timeout", `${requestTimeoutMs / 1000}s`];
  const { code, stderr } = await run({ args, signal, timeoutMs: processTimeoutMs, writes: true });
  // one that fails over an object that only one of both has leaves the release free all the same: what counts is next
  if (code === 0 || !isHalfUpgraded((await look()) ?? last)) return;
  throw helmFailure(`roll back ${release.name}, which a killed command left half-made`, stderr);
}

function isHalfUpgraded({ status }: Revision): boolean {
  return status === "pending-upgrade" || status === "pending-rollback";
}

function isHalfInstalled({ status }: Revision): boolean {
  return ["pending-install", "uninstalling", "uninstalled"].includes(status);
}

async function uninstall(run: HelmRun, { name, namespace }: ReleaseRef, signal: AbortSignal): Promise<void> {
  const args = ["uninstall", name, "--namespace", namespace, "--timeout", `${requestTimeoutMs / 1000}s`];
  const { code, stderr } = await run({ args, signal, timeoutMs: processTimeoutMs, writes: true });
  if (code !== 0 && !isReleaseMissing(stderr)) throw helmFailure(`uninstall ${name}`, stderr);
}
