import type { Clock } from "../../kernel/clock.ts";
import type { Commands } from "../../kernel/commands.ts";
import type { Backend } from "./backend.ts";
import type { EngineProgram } from "./program.ts";
import type { ResourceProgress } from "./resource-progress.ts";

export interface EngineOptions {
  readonly commands: Commands;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly program: EngineProgram;
  /** Where the files are put and the engine works; absolute, and its own. */
  readonly folder: string;
  /** By path, relative to `folder`. */
  readonly files: ReadonlyMap<string, string>;
  /** The folder of `files` with the root module, such as `terraform/environments/dev`. */
  readonly root: string;
  readonly backend: Backend;
  /** Values of the root's variables beside `terraform.tfvars.json`; no secrets, they stand in a file. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The folder for what engines say; absolute. */
  readonly logs: string;
  readonly listener: EngineListener;
  /** How long the state's lock is waited for. Default 300. */
  readonly lockTimeoutSeconds?: number;
  /** Whether a lock that is not let go of in that time is broken: its holder is known to be gone. Default: no. */
  readonly breaksLock?: boolean;
}

/** Who hears what an engine does. */
export interface EngineListener {
  onResource(progress: ResourceProgress): void;
  /** Something worth telling, such as that it waits for a lock or tries again. */
  onNotice(message: string): void;
}
