import { type Clock, sleep } from "../kernel/clock.ts";
import { isApiError, type ListQuery, type ObjectApi, type WatchEvent } from "./api.ts";
import { type KubeObject, keyOf } from "./objects.ts";

export interface InformerOptions<T> {
  readonly signal: AbortSignal;
  /** ADDED, MODIFIED and DELETED; also for what changed while nobody watched. */
  readonly onEvent: (event: WatchEvent<T>) => void;
  readonly clock: Clock;
  /**
   * What is remembered of each object, to tell what changed while nobody watched; it is what DELETED gives back. Its
   * metadata has to stay. Default: all of it.
   */
  readonly keep?: (object: T) => T;
  /** Called when everything that a list found has been told. */
  readonly onSynced?: () => void;
  /** Told of each failure that is tried again. */
  readonly onError?: (error: unknown) => void;
}

const firstBackoffMs = 200;
const mostBackoffMs = 30_000;

/** What is known of the selection, and up to which version; no version asks for a new list. */
interface Progress<T> {
  readonly seen: Map<string, T>;
  version: string | undefined;
  backoffMs: number;
}

/**
 * Follows a selection of objects for good: lists, watches, comes back when the watch ends, lists again when the
 * version is too old (410), and waits longer after each failure. Resolves when the signal aborts.
 */
export async function informer<T extends KubeObject>(
  api: ObjectApi,
  query: ListQuery,
  options: InformerOptions<T>,
): Promise<void> {
  const { signal, clock, onError } = options;
  const progress: Progress<T> = { seen: new Map(), version: undefined, backoffMs: firstBackoffMs };
  while (!signal.aborted) {
    try {
      progress.version ??= await relist(api, query, progress.seen, options);
      await follow(api, query, progress, progress.version, options);
    } catch (error) {
      if (signal.aborted) return;
      if (isApiError(error, 410)) progress.version = undefined;
      else onError?.(error);
    }
    // Also after a watch that ended without an error, or a server that closes at once would be asked without a pause
    await sleep(clock, progress.backoffMs, { signal, background: true }).catch(() => undefined);
    progress.backoffMs = Math.min(progress.backoffMs * 2, mostBackoffMs);
  }
}

/** Tells the difference between what was seen and what is there; gives the version of the list. */
async function relist<T extends KubeObject>(
  api: ObjectApi,
  query: ListQuery,
  seen: Map<string, T>,
  { onEvent, onSynced, keep = whole }: InformerOptions<T>,
): Promise<string> {
  const { items, resourceVersion } = await api.list<T>(query);
  const present = new Set(items.map(keyOf));
  for (const [key, object] of [...seen]) {
    if (present.has(key)) continue;
    seen.delete(key);
    onEvent({ type: "DELETED", object });
  }
  for (const object of items) {
    const old = seen.get(keyOf(object));
    seen.set(keyOf(object), keep(object));
    if (old === undefined) onEvent({ type: "ADDED", object });
    else if (old.metadata.uid !== object.metadata.uid) {
      onEvent({ type: "DELETED", object: old });
      onEvent({ type: "ADDED", object });
    } else if (old.metadata.resourceVersion !== object.metadata.resourceVersion) onEvent({ type: "MODIFIED", object });
  }
  onSynced?.();
  return resourceVersion;
}

/** Watches until the server closes or the watch fails; what was heard counts, however it ends. */
async function follow<T extends KubeObject>(
  api: ObjectApi,
  query: ListQuery,
  progress: Progress<T>,
  resourceVersion: string,
  { signal, onEvent, keep = whole }: InformerOptions<T>,
): Promise<void> {
  for await (const event of api.watch<T>(query, { resourceVersion, signal })) {
    const { object, type } = event;
    progress.version = object.metadata.resourceVersion ?? progress.version;
    progress.backoffMs = firstBackoffMs;
    if (type !== "BOOKMARK" && isNews(progress.seen, event, keep)) onEvent(event);
  }
}

/** Notes an event; false for one that was told before. */
function isNews<T extends KubeObject>(
  seen: Map<string, T>,
  { type, object }: WatchEvent<T>,
  keep: (object: T) => T,
): boolean {
  const key = keyOf(object);
  if (type === "DELETED") return seen.delete(key);
  const old = seen.get(key)?.metadata;
  seen.set(key, keep(object));
  return old?.uid !== object.metadata.uid || old?.resourceVersion !== object.metadata.resourceVersion;
}

function whole<T>(object: T): T {
  return object;
}
