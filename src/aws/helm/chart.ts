import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Clock, sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { makeFolder, removeTree } from "../../kernel/files.ts";
import { lastLines, passes } from "./helm-failure.ts";
import type { HelmRun } from "./helm-run.ts";

/** A chart and where it comes from. */
export interface Chart {
  /** `oci://HOST/PATH`, `https://….tgz`, or a file or folder of this machine. */
  readonly from: string;
  /** Which one of a registry. A file is what it is. */
  readonly version?: string;
  /** What must have come, as `sha256:…`: the OCI manifest's digest, or the file's. Absent: whatever comes. */
  readonly digest?: string;
  /** Whether its registry is asked with the user's logins. Default: with none. */
  readonly ownLogins?: boolean;
}

export interface PullOptions {
  readonly run: HelmRun;
  readonly clock: Clock;
  readonly directory: string;
  readonly signal: AbortSignal;
}

const pullTimeoutMs = 120_000;
const pauseMs = 2000;
const mostTries = 3;

/**
 * The chart as a file or folder of this machine, pulled if it is elsewhere, and checked against its digest: helm checks
 * nothing itself. Fails with CHART_FAILED where it cannot be had or is another one.
 */
export async function chartFile(chart: Chart, options: PullOptions): Promise<string> {
  if (!/^(oci|https?):\/\//.test(chart.from)) return chart.from;
  const folder = join(options.directory, "charts", createHash("sha256").update(chart.from).digest("hex").slice(0, 12));
  const said = await pull(chart, folder, options);
  const [file, ...others] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  if (file === undefined || others.length > 0) throw unpulled(chart, "helm pull left no single chart behind");
  const path = join(folder, file);
  await checkDigest(chart, path, said);
  return path;
}

async function pull(chart: Chart, folder: string, options: PullOptions): Promise<string> {
  const { run, signal, clock } = options;
  const version = chart.version !== undefined && chart.from.startsWith("oci://") ? ["--version", chart.version] : [];
  for (let tried = 1; ; tried += 1) {
    await removeTree(folder);
    await makeFolder(folder);
    const args = ["pull", chart.from, ...version, "--destination", folder];
    const ownLogins = chart.ownLogins ?? false;
    const { code, stdout, stderr } = await run({ args, signal, timeoutMs: pullTimeoutMs, ownLogins });
    if (code === 0) return `${stdout}\n${stderr}`;
    if (tried === mostTries || !passes(stderr)) throw unpulled(chart, stderr);
    await sleep(clock, pauseMs, { signal });
  }
}

async function checkDigest(chart: Chart, path: string, said: string): Promise<void> {
  if (chart.digest === undefined) return;
  const got = chart.from.startsWith("oci://")
    ? (/^Digest:\s*(sha256:[0-9a-f]{64})/m.exec(said)?.[1] ?? "no digest")
    : `sha256:${createHash("sha256")
        .update(await readFile(path))
        .digest("hex")}`;
  if (got === chart.digest) return;
  throw new Failure("CHART_FAILED", `the chart at ${nameOf(chart)} is another one than was checked`, {
    why: "a version that was published once must not change: its maker, a mirror or someone in between replaced it",
    problems: [`expected ${chart.digest}`, `got ${got}`],
    fix: "do not install it; aws.charts names charts that you have checked yourself",
  });
}

/** What stands in the way of a pull, in plain words. */
function unpulled(chart: Chart, stderr: string): Failure {
  const problems = lastLines(stderr);
  const row = rows.find(({ says }) => says.test(problems.join("\n")));
  const host = /^\w+:\/\/([^/]+)/.exec(chart.from)?.[1] ?? chart.from;
  return new Failure("CHART_FAILED", `cannot pull the chart ${nameOf(chart)}${row ? `: ${row.means(host)}` : ""}`, {
    problems,
    ...(row && { fix: row.fix(host) }),
  });
}

function nameOf({ from, version }: Chart): string {
  return version === undefined || !from.startsWith("oci://") ? from : `${from}:${version}`;
}

const elsewhere = "name a copy of it in aura.yaml: aws: { charts: { … } }";

const rows: readonly { says: RegExp; means: (host: string) => string; fix: (host: string) => string }[] = [
  {
    says: /\b40[13]\b|denied|unauthorized|forbidden|authorization token|credential not found/i,
    means: (host) => `${host} refuses the login, or wants one`,
    fix: (host) =>
      `helm registry logout ${host} and docker logout ${host}; or log in, where it is a registry of your own`,
  },
  {
    says: /not found|\b404\b|manifest.?unknown|name.?unknown/i,
    means: (host) => `${host} has no such chart or version`,
    fix: () => "look at the name and version in aws.charts",
  },
  {
    says: /x509|certificate|tls:/i,
    means: (host) => `the certificate of ${host} is not trusted here`,
    fix: () => "export SSL_CERT_FILE=… with what your proxy signs with",
  },
  {
    says: /no such host|refused|timeout|timed out|unreachable|no route|proxyconnect|deadline|reset|EOF|50\d/i,
    means: (host) => `there is no way to ${host} from here`,
    fix: (host) => `curl -sI https://${host} tells whether it is the network or a proxy; or ${elsewhere}`,
  },
];
