import { createServer } from "node:net";
import { freemem } from "node:os";

import { type Finding, findingsOf } from "../../aws/doctor/finding.ts";
import { findEngine } from "../../rehearsal/kubelet/container-engine.ts";
import type { Context } from "../context.ts";

const group = "machine";
/** Below it a warning: jobs' processes take what they take, and the server needs some too. */
const enoughMib = 1024;

/** What a rehearsal depends on: this machine alone. */
export function rehearsalDoctor({ process }: Context): Promise<readonly Finding[]> {
  return findingsOf([
    { group, check: "loopback", look: async () => [await loopbackFinding()] },
    { group, check: "containers", look: async () => [await engineFinding(process.env)] },
    { group, check: "memory", look: async () => [memoryFinding(Math.round(freemem() / 2 ** 20))] },
  ]);
}

/** The server listens on 127.0.0.1, and nowhere else. */
async function loopbackFinding(): Promise<Finding> {
  const at = { group, check: "loopback" };
  const problem = await new Promise<Error | undefined>((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(0, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
  if (problem === undefined) return { ...at, status: "ok", says: "127.0.0.1 has free ports" };
  const fix = "let this process listen on 127.0.0.1 (sandbox, container or firewall)";
  return { ...at, status: "problem", says: `cannot listen on 127.0.0.1: ${problem.message}`, fix };
}

async function engineFinding(env: Context["process"]["env"]): Promise<Finding> {
  const at = { group, check: "containers" };
  const engine = await findEngine(env);
  if (engine !== undefined) return { ...at, status: "ok", says: `${engine.name} runs images`, value: engine.name };
  return {
    ...at,
    status: "warning",
    says: "neither docker nor podman answers: images are names only, commands run as processes or are simulated",
    value: "none",
    fix: "start docker or podman, if jobs are to run in their images",
  };
}

/** What is free, in MiB, beside what is enough. */
export function memoryFinding(freeMib: number): Finding {
  const at = { group, check: "memory", value: `${freeMib} MiB`, needed: `${enoughMib} MiB` };
  if (freeMib >= enoughMib) return { ...at, status: "ok", says: `${freeMib} MiB free` };
  return {
    ...at,
    status: "warning",
    says: `${freeMib} MiB free, less than ${enoughMib}`,
    fix: "end what needs memory",
  };
}
