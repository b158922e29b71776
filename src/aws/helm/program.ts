import type { Commands } from "../../kernel/commands.ts";
import { Failure } from "../../kernel/failure.ts";

/** The oldest Helm whose options and answers are known to be as they are used here; 4.x is the same in this. */
const oldest = { major: 3, minor: 14 };

export interface HelmProgram {
  readonly path: string;
  /** Such as `4.1.4`. */
  readonly version: string;
}

/** Helm on PATH. Fails with TOOL_MISSING where there is none, or one that is too old. */
export async function findHelm(
  commands: Commands,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HelmProgram> {
  const path = await commands.find("helm", env);
  if (path === undefined) throw missing("helm is not on PATH");
  const { stdout, stderr } = await commands.run({
    command: path,
    args: ["version", "--short"],
    env,
    timeoutMs: 30_000,
  });
  const version = /v(\d+)\.(\d+)\.\d+[^\s+]*/.exec(stdout);
  if (version === null) throw missing(`${path} does not say its version: ${(stderr || stdout).trim()}`);
  const [text, major, minor] = [version[0].slice(1), Number(version[1]), Number(version[2])];
  const isOld = major < oldest.major || (major === oldest.major && minor < oldest.minor);
  if (isOld) throw missing(`${path} is Helm ${text}, and ${oldest.major}.${oldest.minor} or later is needed`);
  return { path, version: text };
}

function missing(message: string): Failure {
  return new Failure("TOOL_MISSING", message, {
    why: "Karpenter and NVIDIA's device plugin are installed from their charts",
    fix: "https://helm.sh/docs/intro/install",
  });
}
