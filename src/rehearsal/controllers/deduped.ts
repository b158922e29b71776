import type { Clock } from "../../kernel/clock.ts";
import type { EventRecorder } from "../core/events.ts";

/** How long Karpenter keeps quiet about what it has just said (its events recorder's cache). */
const quietMs = 120_000;
const mostRemembered = 4096;

/** A recorder that tells the same of an object once in two minutes: a pod that waits is looked at every ten seconds. */
export function deduped(recorder: EventRecorder, clock: Clock): EventRecorder {
  const toldMs = new Map<string, number>();
  return {
    record(object, type, reason, message) {
      const key = `${object.metadata.uid} ${reason} ${message}`;
      const now = clock.now();
      if ((toldMs.get(key) ?? Number.NEGATIVE_INFINITY) > now - quietMs) return;
      if (toldMs.size >= mostRemembered) for (const [old, at] of toldMs) if (at <= now - quietMs) toldMs.delete(old);
      toldMs.set(key, now);
      recorder.record(object, type, reason, message);
    },
  };
}
