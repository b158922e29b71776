import type { Node } from "../cluster/objects.ts";
import { environmentLabel } from "../synth/kubernetes/labels.ts";
import { runLabel } from "./labels.ts";
import type { Target } from "./target.ts";

interface Selection {
  readonly labelSelector?: string;
}

/** What of a cluster a run's timeline tells, and what a destroy takes for the environment's. */
export interface Scope {
  readonly jobs: Selection;
  readonly pods: Selection;
  readonly nodeClaims: Selection;
  /** NodePools and node classes. */
  readonly pools: Selection;
  /** Whether all events are the run's, or only those about what is selected above. */
  readonly allEvents: boolean;
  /** Whether a node that the run's pods are on is not the environment's: it counts for as long as they are. */
  readonly isShared?: (node: Node) => boolean;
}

/** All that is in a cluster. */
export const everything: Scope = {
  jobs: {},
  pods: {},
  nodeClaims: {},
  pools: {},
  allEvents: true,
};

/**
 * A rehearsed cluster holds nothing but what was put there to be seen. One on AWS is the environment's as well, but has
 * pods of its own. In somebody else's, the labels decide.
 */
export function scopeOf(target: Pick<Target, "name" | "scope">, environment: string, run: string): Scope {
  const ofRun = { labelSelector: `${runLabel}=${run}` };
  if (target.name === "rehearsal") return everything;
  if (target.scope === "cluster") return { ...everything, pods: ofRun, allEvents: false };
  return {
    jobs: ofRun,
    pods: ofRun,
    ...ownNodes({ environment, run }),
    allEvents: false,
    isShared: ({ metadata }) => metadata.labels?.[runLabel] !== run,
  };
}

/** Whose NodePools, node classes and nodes are meant. */
export interface Owner {
  readonly environment: string;
  /** In a cluster where others work too, who may have named an environment the same: only those of this run. */
  readonly run?: string;
}

/** What Aura itself has made for an owner, and the NodeClaims that came of it. */
export function ownNodes({ environment, run }: Owner): Pick<Scope, "nodeClaims" | "pools"> {
  const own = [`${environmentLabel}=${environment}`, ...(run === undefined ? [] : [`${runLabel}=${run}`])].join(",");
  return {
    nodeClaims: { labelSelector: own },
    pools: { labelSelector: `app.kubernetes.io/managed-by=aura,${own}` },
  };
}
