import type { KubeEvent } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Core } from "./core.ts";

/** How long an event is kept after its last write, as kube-apiserver's `--event-ttl` defaults. */
const lifetimeMs = 3_600_000;

/** Deletes events that are over, whoever wrote them and whenever. Returns how to stop it. */
export function startEventExpiry(core: Core, clock: Clock): () => void {
  const timers = new Map<string, () => void>();
  const look = ({ metadata, lastTimestamp }: KubeEvent) => {
    const { uid = "", name = "", namespace = "default" } = metadata;
    const leftMs = Date.parse(lastTimestamp ?? metadata.creationTimestamp ?? "") + lifetimeMs - clock.now();
    const ref = { ...kind, metadata: { name, namespace } };
    const again = () => {
      timers.delete(uid);
      const event = core.find<KubeEvent>(ref);
      if (event?.metadata.uid === uid) look(event);
    };
    if (leftMs <= 0) core.delete(ref);
    else timers.set(uid, clock.schedule(leftMs, again, { background: true }));
  };
  core.list<KubeEvent>(kind).items.forEach(look);
  const unsubscribe = core.subscribe<KubeEvent>(kind, ({ type, object }) => {
    const { uid = "" } = object.metadata;
    if (type === "ADDED") look(object);
    if (type !== "DELETED") return;
    timers.get(uid)?.();
    timers.delete(uid);
  });
  return () => {
    unsubscribe();
    for (const cancel of timers.values()) cancel();
  };
}

const kind = { apiVersion: "v1", kind: "Event" };
