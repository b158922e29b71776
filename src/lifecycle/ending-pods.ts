import { join } from "node:path";

import type { Pod } from "../cluster/objects.ts";
import { readText, removeFile, writeAtomic } from "../kernel/files.ts";
import { environmentPaths } from "./paths.ts";
import type { Session } from "./session.ts";

/**
 * Remembers pods on disk before they are ended: the cluster forgets a removed pod, and a command that goes on after a
 * crash must know where its outputs are.
 */
export async function rememberEnding(session: Session, pods: readonly Pod[]): Promise<void> {
  const earlier = await readEnding(session);
  const uids = new Set(pods.map(({ metadata }) => metadata.uid));
  const all = [...earlier.filter(({ metadata }) => !uids.has(metadata.uid)), ...pods];
  if (all.length > 0) await writeAtomic(pathOf(session), `${JSON.stringify(all)}\n`);
}

/** The pods that were remembered; none when there is no record, or a broken one. */
export async function readEnding(session: Session): Promise<Pod[]> {
  const text = await readText(pathOf(session));
  try {
    return text === undefined ? [] : (JSON.parse(text) as Pod[]);
  } catch {
    return [];
  }
}

export async function forgetEnding(session: Session): Promise<void> {
  await removeFile(pathOf(session));
}

function pathOf({ options: { environment } }: Session): string {
  return join(environmentPaths(environment.directory, environment.name).root, "ending-pods.json");
}
