import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Backend } from "../../../src/aws/tofu/backend.ts";
import { type Engine, engine } from "../../../src/aws/tofu/engine.ts";
import type { EngineOptions } from "../../../src/aws/tofu/engine-options.ts";
import { type EngineName, findEngine } from "../../../src/aws/tofu/program.ts";
import type { ResourceProgress } from "../../../src/aws/tofu/resource-progress.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { systemCommands } from "../../../src/kernel/system-commands.ts";

// Real engines, on the one resource that they have of their own: `terraform_data`, with shell commands that take time.

const bin = mkdtempSync(join(tmpdir(), "aura-engine-bin-"));
process.once("exit", () => rmSync(bin, { recursive: true, force: true }));
if (process.env["AURA_TOFU"] !== undefined) symlinkSync(process.env["AURA_TOFU"], join(bin, "tofu"));

const { TF_CLI_CONFIG_FILE: _, ...outer } = process.env;
export const env: Readonly<Record<string, string | undefined>> = { ...outer, PATH: `${bin}:${outer["PATH"]}` };

/** Those of the two that are there: `AURA_TOFU` or on PATH. */
export const engines = (["tofu", "terraform"] as const).filter((name) => {
  const found = spawnSync(name, ["version"], { env: env as NodeJS.ProcessEnv }).status === 0;
  if (!found) console.warn(`SKIPPED ${name}: it is not on PATH, so nothing is tried with it (AURA_TOFU=/path/to/tofu)`);
  return found;
});

/** A shell command while a resource is made or removed. */
export const provisioner = (command: string, when?: "destroy") => ({
  "local-exec": { command, ...(when !== undefined && { when }) },
});

/** What Terraform reads as another thing's value. */
export const reference = (path: string) => `\${${path}}`;

export type Resources = Readonly<Record<string, object>>;

/** A root module of `terraform_data`. */
export function rootModule(resources: Resources, more: object = {}): ReadonlyMap<string, string> {
  const document = {
    terraform: { backend: { s3: {} } },
    variable: { run: { type: "string" } },
    resource: { terraform_data: resources },
    output: { run: { value: reference("var.run") } },
    ...more,
  };
  return new Map([["root/main.tf.json", JSON.stringify(document)]]);
}

/** Pauses pass a hundred times faster than real time. */
export function hastyClock(): Clock {
  const real = systemClock();
  return { now: real.now, schedule: (ms, callback) => real.schedule(ms / 100, callback) };
}

export interface EngineWorld {
  readonly folder: string;
  readonly options: EngineOptions;
  readonly engine: Engine;
  readonly seen: ResourceProgress[];
  readonly notices: string[];
  /** Another command's engine on the same environment. */
  again(more?: Partial<EngineOptions>): EngineWorld;
  /** A path beside the module, for commands to leave marks. */
  mark(name: string): string;
}

const folders: string[] = [];

export async function engineWorld(
  name: EngineName,
  files: ReadonlyMap<string, string>,
  more: Partial<EngineOptions> = {},
): Promise<EngineWorld> {
  const folder = mkdtempSync(join(tmpdir(), "aura-engine-"));
  folders.push(folder);
  mkdirSync(join(folder, "marks"));
  const program = await findEngine(systemCommands, env, name);
  const backend: Backend = { kind: "local", path: join(folder, "terraform.tfstate") };
  const common = { commands: systemCommands, clock: hastyClock(), env, program, backend, files, root: "root" };
  const paths = { folder: join(folder, "work"), logs: join(folder, "logs") };
  const build = (extra: Partial<EngineOptions>): EngineWorld => {
    const seen: ResourceProgress[] = [];
    const notices: string[] = [];
    const listener = {
      onResource: (one: ResourceProgress) => seen.push(one),
      onNotice: (one: string) => notices.push(one),
    };
    const options = { ...common, ...paths, variables: { run: "run-1" }, listener, ...more, ...extra };
    const mark = (file: string) => join(folder, "marks", file);
    return { folder, options, engine: engine(options), seen, notices, again: (next = {}) => build(next), mark };
  };
  return build({});
}

export function removeWorlds(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
