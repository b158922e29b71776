import type { KubeEvent, ObjectMeta } from "../cluster/objects.ts";

/** Lets the events through that are about the run's own objects. */
export interface EventFilter {
  hear(event: KubeEvent): void;
  /** Says that an object is the run's: what was heard of it before is told now. */
  know(object: { readonly kind: string; readonly metadata: ObjectMeta }): void;
}

/** An event may come before its object: so many are kept for a while, in case they turn out to be the run's. */
const mostKept = 5000;

/** Karpenter's promise of a node that is being made. */
const promised = /^Pod should schedule on: nodeclaim\/([^\s,]+)/;

export function eventFilter(tell: (event: KubeEvent) => void): EventFilter {
  const known = new Set<string>();
  const kept = new Map<string, KubeEvent[]>();
  let count = 0;

  const keep = (key: string, event: KubeEvent) => {
    kept.set(key, [...(kept.get(key) ?? []), event]);
    count += 1;
    for (const [oldest, events] of kept) {
      if (count <= mostKept) break;
      kept.delete(oldest);
      count -= events.length;
    }
  };
  const learn = (key: string) => {
    known.add(key);
    const events = kept.get(key) ?? [];
    kept.delete(key);
    count -= events.length;
    events.forEach(pass);
  };
  const pass = (event: KubeEvent) => {
    tell(event);
    // the node that is made for a pod is the run's concern, whoever's pool it is of
    const claim = promised.exec(event.message ?? "")?.[1];
    if (event.reason === "Nominated" && claim !== undefined) learn(keyOfName("NodeClaim", claim));
  };

  return {
    hear(event) {
      const key = keyOfEvent(event);
      if (known.has(key)) pass(event);
      else keep(key, event);
    },
    know: ({ kind, metadata }) => {
      const key = keyOf(kind, metadata);
      if (!known.has(key)) learn(key);
    },
  };
}

function keyOfEvent({ involvedObject = {} }: KubeEvent): string {
  return keyOf(involvedObject.kind ?? "", involvedObject);
}

/** A name in a namespace is used again by the next run; what has no namespace may have any uid (a kubelet writes a name). */
function keyOf(kind: string, { namespace, name, uid }: Pick<ObjectMeta, "namespace" | "name" | "uid">): string {
  return namespace === undefined || namespace === "" ? keyOfName(kind, name ?? "") : (uid ?? "");
}

function keyOfName(kind: string, name: string): string {
  return `${kind}/${name}`;
}
