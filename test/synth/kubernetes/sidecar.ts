import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { onTestFinished } from "vitest";

import { type PreparedJob, prepareJob } from "../../../src/synth/kubernetes/prepare-job.ts";
import type { OutputsPlan } from "../../../src/synth/kubernetes/prepare-job-outputs.ts";

/** A folder for one test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "aura-sidecar-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export interface SidecarOptions {
  readonly plan: OutputsPlan;
  /** Declared path to the folder or file on this machine that stands for it. */
  readonly outputs: Readonly<Record<string, string>>;
  /** In front of PATH. */
  readonly bin?: string;
}

/** The real container beside a job, its script run on this machine. */
export function sidecar({ plan, outputs, bin }: SidecarOptions) {
  const scratch = folder();
  const paths = Object.keys(outputs);
  const job = prepareJob<PreparedJob>(
    {
      metadata: {},
      spec: {
        template: {
          metadata: { annotations: { "aura.dev/outputs": paths.join() } },
          spec: { restartPolicy: "Never", containers: [{ name: "main", image: "x" }] },
        },
      },
    },
    { environment: "dev", run: "run-1", timeoutMs: 60_000, outputs: plan },
  );
  const container = job.spec?.template.spec?.initContainers?.[0];
  const env: Record<string, string> = { PATH: [...(bin ? [bin] : []), process.env["PATH"]].join(":") };
  for (const { name, value } of container?.env ?? []) env[name] = value ?? "";
  paths.forEach((path, index) => {
    env[`AURA_OUTPUT_${index + 1}`] = outputs[path] ?? "";
  });
  env["AURA_OUTPUTS_SCRATCH"] = scratch;
  env["AURA_OUTPUTS_TO"] = (env["AURA_OUTPUTS_TO"] ?? "").replace("$(AURA_NAMESPACE).$(AURA_POD)", "default.pod-1");
  const run = (command: readonly string[] = []) =>
    ended(spawn(command[0] ?? "", command.slice(1), { env, stdio: ["ignore", "pipe", "pipe"], detached: true }));
  return {
    /** What kubelet runs as soon as the pod begins to end. */
    early: () => run(container?.lifecycle?.preStop?.exec?.command).done,
    /** Starts it, waits until it waits, and tells it that the job's containers have ended. */
    async finish() {
      const started = run(container?.command);
      while (!heedsTerm(started.child.pid)) await setTimeout(5);
      started.child.kill("SIGTERM");
      return started.done;
    },
  };
}

/** Whether a process has said what to do on SIGTERM; one that is not yet there has not. */
function heedsTerm(pid: number | undefined): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & 0x4000n) !== 0n;
}

function ended(child: ChildProcess) {
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (stderr += text));
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, done };
}

/** An `aws` that copies to a folder, notes what it was asked for, and fails for what matches the expression it was given. */
export function fakeAws(fails = "^$") {
  const bin = folder();
  const fail = (pattern: string) => writeFileSync(join(bin, "fails"), `${pattern}\n`);
  fail(fails);
  const bucket = join(bin, "bucket");
  mkdirSync(bucket);
  const script = `#!/bin/sh
echo "$*" >> "${bin}/calls"
for to; do from=\${last-}; last=$to; done
to="${bucket}/\${to#s3://}"
if echo "$*" | grep -Eqf "${bin}/fails"; then echo "fatal error: AccessDenied" >&2; exit 1; fi
case " $* " in
  *" --recursive "*) mkdir -p "$to" && cp -RL "$from/." "$to" ;;
  *) mkdir -p "$(dirname "$to")" && if [ "$from" = - ]; then cat > "$to"; else cp "$from" "$to"; fi ;;
esac
`;
  writeFileSync(join(bin, "aws"), script);
  chmodSync(join(bin, "aws"), 0o755);
  return { bin, bucket, calls: join(bin, "calls"), fail };
}
