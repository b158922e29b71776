import type { KubeObject } from "../../cluster/objects.ts";
import { expired } from "../core/status-errors.ts";

/** The rest of a list that is handed out in pages: all pages show the cluster as it was at the first. */
export interface Snapshot {
  readonly resourceVersion: string;
  readonly items: readonly KubeObject[];
}

export interface SnapshotStore {
  /** Keeps the rest of a list; gives the token for the next page. */
  keep(snapshot: Snapshot): string;
  take(token: string): Snapshot;
}

const mostSnapshots = 64;

/** Keeps the latest lists that are still being paged through; a token of one that is forgotten has expired. */
export function snapshotStore(): SnapshotStore {
  const snapshots = new Map<string, Snapshot>();
  let next = 1;
  return {
    keep(snapshot: Snapshot): string {
      const id = String(next++);
      snapshots.set(id, snapshot);
      const [oldest] = snapshots.keys();
      if (snapshots.size > mostSnapshots && oldest !== undefined) snapshots.delete(oldest);
      return Buffer.from(id).toString("base64url");
    },
    take(token: string): Snapshot {
      const snapshot = snapshots.get(Buffer.from(token, "base64url").toString());
      if (snapshot === undefined) {
        throw expired(
          "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
        );
      }
      return snapshot;
    },
  };
}
