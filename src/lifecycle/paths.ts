import { join } from "node:path";

/** Where an environment keeps its state between commands, all below `.aura/<name>` beside `aura.yaml`. */
export interface EnvironmentPaths {
  readonly root: string;
  readonly journal: string;
  readonly lock: string;
  /** The environment as it was deployed, so that `down` never needs `aura.yaml`. */
  readonly snapshot: string;
  /** The target's own folder. */
  readonly target: string;
}

export function environmentPaths(directory: string, name: string): EnvironmentPaths {
  const root = join(directory, ".aura", name);
  return {
    root,
    journal: join(root, "journal.jsonl"),
    lock: join(root, "lock"),
    snapshot: join(root, "environment.json"),
    target: join(root, "target"),
  };
}
