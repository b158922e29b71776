import type { ApiError } from "../../cluster/api.ts";

/** One line of what is kept: an entry of a table as it is now, or (without `value`) that it is gone. */
export interface Entry {
  /** A resource such as `apps/deployments` (`/pods` of the core group), or a table of somebody else. */
  readonly table: string;
  /** Absent in an entry that only says up to which version its table is known. */
  readonly key?: string;
  readonly value?: object;
  /** The resource version that made it so, where the value does not say. */
  readonly version?: number;
}

/** Where state is kept beyond this process. The core only knows this port: files are behind it. */
export interface Journal {
  /** What was kept of some tables when this process began, in the order it was written. Each entry is given once. */
  restored(owns: (table: string) => boolean): readonly Entry[];
  /** Notes a change. It outlives this process from the next `flush` on. */
  append(entry: Entry): void;
  /** Has the system take over all that was noted; says why when it cannot. Cheap, and nothing at all when it has. */
  flush(): ApiError | undefined;
  /** Names what a snapshot consists of, once for each owner of tables: entries that nobody changes later. */
  contents(owner: () => readonly Entry[]): void;
}
