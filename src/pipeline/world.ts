import { join } from "node:path";

import type { Clock } from "../kernel/clock.ts";
import type { Commands } from "../kernel/commands.ts";
import type { ProcessIdentity } from "../kernel/processes.ts";
import type { PipelineEvent } from "./results.ts";

/** What a pipeline may touch of this machine. */
export interface PipelineWorld {
  readonly clock: Clock;
  readonly commands: Commands;
  /** Sends a signal to a process alone or to its whole group; nothing happens when it is gone. */
  readonly tell: (process: ProcessIdentity, signal: NodeJS.Signals, whom: "process" | "group") => void;
  /** The repository's folder: what a checkout brings. */
  readonly project: string;
  readonly place: PipelinePlace;
  /** What `npx aura` is. */
  readonly program: readonly string[];
  /** Where programs are looked for, after the pipeline's own. */
  readonly path: string;
  /** Variables of every step, over all that the workflow says. */
  readonly env: Readonly<Record<string, string>>;
  readonly listener: (event: PipelineEvent) => void;
}

/** A pipeline's folders. GitHub's runners all have the same folder for the repository: so do these, one after another. */
export interface PipelinePlace {
  readonly root: string;
  /** The repository's folder on the runner of now. */
  readonly work: string;
  /** The home and the temporary files of that runner. */
  readonly home: string;
  readonly temp: string;
  /** `npx` and `npm`. */
  readonly bin: string;
  readonly artifacts: string;
  /** What each job left in `work`. */
  readonly jobs: string;
  /** What outlives the runners, as an account does: rehearsed clusters. */
  readonly cloud: string;
  readonly lock: string;
}

export function pipelinePlace(root: string): PipelinePlace {
  const at = (name: string) => join(root, name);
  return {
    root,
    work: at("work"),
    home: at("home"),
    temp: at("temp"),
    bin: at("bin"),
    artifacts: at("artifacts"),
    jobs: at("jobs"),
    cloud: at("cloud"),
    lock: at("lock"),
  };
}
