import type { Commands } from "../../kernel/commands.ts";
import { Failure } from "../../kernel/failure.ts";

/** OpenTofu or Terraform, as found on PATH. */
export interface EngineProgram {
  readonly name: EngineName;
  readonly path: string;
  /** Such as `1.12.6`. */
  readonly version: string;
}

export type EngineName = "tofu" | "terraform";

type Env = Readonly<Record<string, string | undefined>>;

/** The first with S3's own locks (`use_lockfile`), in both engines. */
const leastVersion = [1, 10] as const;
const versionTimeoutMs = 30_000;

const sources: Readonly<Record<EngineName, string>> = {
  tofu: "https://opentofu.org/docs/intro/install",
  terraform: "https://developer.hashicorp.com/terraform/install",
};

/**
 * The engine to apply Terraform with: `wanted`, or tofu, or else terraform. Fails with TOOL_MISSING where there is none
 * that is new enough, and says what was found.
 */
export async function findEngine(commands: Commands, env: Env, wanted?: EngineName): Promise<EngineProgram> {
  const names: readonly EngineName[] = wanted === undefined ? ["tofu", "terraform"] : [wanted];
  const problems: string[] = [];
  for (const name of names) {
    const path = await commands.find(name, env);
    if (path === undefined) {
      problems.push(`${name} is not on PATH`);
      continue;
    }
    const version = await versionOf(commands, env, path);
    if (version !== undefined && isNewEnough(version)) return { name, path, version };
    problems.push(`${path} is ${version === undefined ? `no ${name}: it does not say its version` : version}`);
  }
  throw missing(names, problems);
}

async function versionOf(commands: Commands, env: Env, path: string): Promise<string | undefined> {
  const asked = { command: path, args: ["version", "-json"], timeoutMs: versionTimeoutMs };
  try {
    const { stdout } = await commands.run({ ...asked, env: { ...env, CHECKPOINT_DISABLE: "1" } });
    // warnings about its own settings come before, on the same stream
    const { terraform_version: version } = JSON.parse(stdout.slice(stdout.search(/^\{/m)));
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > leastVersion[0] || (major === leastVersion[0] && minor >= leastVersion[1]);
}

function missing(names: readonly EngineName[], problems: readonly string[]): Failure {
  const least = leastVersion.join(".");
  return new Failure("TOOL_MISSING", `there is no ${names.join(" or ")} of version ${least} or later`, {
    why: `it makes and removes the cluster, and before ${least} it could not lock a state in S3`,
    fix: names.map((name) => `${name}: ${sources[name]}`).join("; "),
    problems,
  });
}
