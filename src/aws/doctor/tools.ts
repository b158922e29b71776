import type { Commands } from "../../kernel/commands.ts";
import { Failure } from "../../kernel/failure.ts";
import { findHelm } from "../helm/program.ts";
import { type EngineName, findEngine } from "../tofu/program.ts";
import type { Check, Finding } from "./finding.ts";

type Env = Readonly<Record<string, string | undefined>>;
type Found = { readonly name?: string; readonly path: string; readonly version: string };

const group = "tools";

/** The programs that a deploy on AWS runs: tofu or terraform, which make and remove the cluster, and helm for charts. */
export function toolChecks(commands: Commands, env: Env, engine: EngineName | undefined): Check[] {
  return [
    check(engine ?? "tofu", "1.10 or later", () => findEngine(commands, env, engine)),
    check("helm", "3.14 or later", () => findHelm(commands, env)),
  ];
}

function check(name: string, needed: string, find: () => Promise<Found>): Check {
  return { group, check: name, look: async () => [await finding(name, needed, find)] };
}

async function finding(name: string, needed: string, find: () => Promise<Found>): Promise<Finding> {
  try {
    const { name: found = name, path, version } = await find();
    return { group, check: found, status: "ok", says: `${version} (${path})`, value: version, needed };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { problems = [], why, fix } = error.details;
    const says = [error.message, ...problems].join("; ");
    const details = { ...(why !== undefined && { why }), ...(fix !== undefined && { fix }) };
    return { group, check: name, status: "problem", says, needed, ...details };
  }
}

/** What Aura runs on; `version` as `process.versions.node` has it. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  const needed = "20.19 or later";
  const at = { group, check: "node", value: version, needed };
  if (isEnough) return { ...at, status: "ok", says: version };
  const fix = `install Node.js ${needed}: https://nodejs.org/en/download`;
  return { ...at, status: "problem", says: `${version} is too old, ${needed} is needed`, fix };
}
