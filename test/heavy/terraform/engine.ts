import { spawnSync } from "node:child_process";

/** The engine that is on PATH; undefined where there is none, and then it is said. */
export const engine = ["tofu", "terraform"].find((name) => spawnSync(name, ["version"]).status === 0);
if (engine === undefined) console.warn("SKIPPED: neither tofu nor terraform is on PATH, so no engine reads terraform/");

/** Runs the engine in a folder, to its end. */
export function runEngine(cwd: string, options: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", ...more };
  const { status, stdout, stderr } = spawnSync(engine ?? "", [...options, "-no-color"], { cwd, encoding: "utf8", env });
  return { status, stdout, text: stdout + stderr };
}
