import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { processJob, timerJob } from "../../journeys/harness.ts";

export const environment = "shop";
export const cluster = `aura-${environment}`;

/** Writes a person's project: an environment on AWS with one job on a GPU and one that brings something home. */
export async function writeProject(directory: string, { more = "" } = {}): Promise<void> {
  const charts = await playedCharts(directory);
  await writeFile(
    join(directory, "aura.yaml"),
    `version: 1
name: ${environment}
target: aws
region: us-east-1
owner: ml
pools:
  cpu: { families: [m7i, m7a], hold: 10s }
  gpu: { families: [g4dn, g5], hold: 10s }
jobs: [jobs.yml]
aws:
  charts: { karpenterCrd: ${charts}/karpenter-crd, karpenter: ${charts}/karpenter, devicePlugin: ${charts}/nvidia-device-plugin }
${more}`,
  );
  const writes = processJob("writes", 'echo 42 > "$AURA_OUTPUT_DIR/answer"; echo done');
  await writeFile(join(directory, "jobs.yml"), [timerJob("timer", { gpus: 1 }), writes].join("---\n"));
}

/** The stand-in charts, with a controller that nothing has to run (see world-cluster.ts). */
async function playedCharts(directory: string): Promise<string> {
  const charts = join(directory, "charts");
  await cp(join(import.meta.dirname, "charts"), charts, { recursive: true });
  const path = join(charts, "karpenter", "templates", "karpenter.yml");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("terminationGracePeriodSeconds: 1", "schedulerName: world"));
  return charts;
}

/** What pods call the AWS CLI: copies to S3 without signing, which is all the front asks for. */
export async function writeAwsCli(bin: string, url: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  const script = `#!/bin/bash
set -u
shift 2
recursive=
while [[ "$1" == --* ]]; do [[ "$1" == --recursive ]] && recursive=1; shift; done
put() { curl -sS --fail-with-body -o /dev/null -X PUT -H content-type:application/octet-stream --data-binary "@$1" "${url}/\${2#s3://}"; }
if [[ -z "$recursive" ]]; then put "$1" "$2"; exit; fi
cd "$1" && find . -type f -printf '%P\\n' | while read -r file; do put "$file" "$2/$file" || exit 1; done
`;
  await writeFile(join(bin, "aws"), script);
  await chmod(join(bin, "aws"), 0o755);
}
