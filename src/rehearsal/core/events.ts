import type { KubeEvent, KubeObject } from "../../cluster/objects.ts";
import { type Clock, timestamp } from "../../kernel/clock.ts";
import type { Core } from "./core.ts";
import { isDeleting, namespaceOf, refTo } from "./refs.ts";

/** Tells what happened to an object; the same again within the hour only raises the event's count. */
export interface EventRecorder {
  record(object: KubeObject, type: "Normal" | "Warning", reason: string, message: string): void;
}

/** client-go combines what exceeds ten similar events in ten minutes; here it is dropped. */
const mostSimilar = 10;
const similarEveryMs = 60_000;

/** Writes Events as client-go's recorder does. `source` is the component that reports, such as `karpenter`. */
export function eventRecorder(core: Core, clock: Clock, source: string): EventRecorder {
  const isSpam = spamFilter(clock);
  return {
    record(object, type, reason, message) {
      const { apiVersion, kind, metadata } = object;
      const { name = "", namespace, uid = "" } = metadata;
      const where = namespaceOf(object);
      const subject = `${kind}/${where}/${name}/${uid}`;
      const ref = {
        apiVersion: "v1",
        kind: "Event",
        metadata: { namespace: where, name: `${name}.${hash(`${subject}/${type}/${reason}/${message}/${source}`)}` },
      } as const;
      const existing = core.find<KubeEvent>(ref);
      const now = timestamp(clock.now());
      if (existing !== undefined) {
        core.patch(ref, { count: (existing.count ?? 1) + 1, lastTimestamp: now }, { fieldManager: source });
        return;
      }
      if (isSpam(`${subject}/${type}/${reason}`) || isClosing(core, where)) return;
      core.create<KubeEvent>(
        {
          ...ref,
          involvedObject: { apiVersion, kind, name, uid, ...(namespace && { namespace }) },
          type,
          reason,
          message,
          source: { component: source },
          reportingComponent: source,
          reportingInstance: "",
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
        },
        { fieldManager: source },
      );
    },
  };
}

/** A bucket of tokens for each object and reason; what is full again is forgotten. */
function spamFilter(clock: Clock): (key: string) => boolean {
  /** When each bucket will be full again. */
  const fullMs = new Map<string, number>();
  let sweptMs = clock.now();
  return (key) => {
    const now = clock.now();
    if (now - sweptMs > mostSimilar * similarEveryMs) {
      sweptMs = now;
      for (const [other, atMs] of fullMs) if (atMs <= now) fullMs.delete(other);
    }
    const fullAtMs = Math.max(now, fullMs.get(key) ?? now) + similarEveryMs;
    if (fullAtMs - now > mostSimilar * similarEveryMs) return true;
    fullMs.set(key, fullAtMs);
    return false;
  };
}

/** A namespace that is being emptied, or gone, takes no events any more. */
function isClosing(core: Core, namespace: string): boolean {
  const found = core.find(refTo({ apiVersion: "v1", kind: "Namespace" }, namespace));
  return found === undefined || isDeleting(found);
}

/** FNV-1a, 32 bits from each end: tells events of one object apart. */
export function hash(text: string): string {
  let [forward, backward] = [0x811c9dc5, 0x811c9dc5];
  for (let at = 0; at < text.length; at += 1) {
    forward = Math.imul(forward ^ text.charCodeAt(at), 0x01000193);
    backward = Math.imul(backward ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return [forward, backward].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
