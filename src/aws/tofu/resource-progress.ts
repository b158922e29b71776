import type { EngineEvent, ResourceAction } from "./stream.ts";

/** How far an engine is with one resource, and with all of them. */
export interface ResourceProgress {
  readonly address: string;
  readonly resourceType: string;
  readonly action: ResourceAction;
  readonly state: "started" | "succeeded" | "failed";
  /** How long it took, in whole seconds; absent at the start. */
  readonly seconds?: number;
  /** How many are through, this one included. */
  readonly done: number;
  /** How many there are to do. */
  readonly of: number;
}

/** Counts the events of one run of an engine; undefined for those that are not about a resource. */
export function resourceCounter(): (event: EngineEvent) => ResourceProgress | undefined {
  let of = 0;
  let done = 0;
  return (event) => {
    // replacing is a deletion and a creation
    if (event.type === "planned") of += event.action === "replace" ? 2 : 1;
    if (event.type !== "resource") return undefined;
    const { type: _, ...resource } = event;
    if (event.state === "succeeded") done += 1;
    of = Math.max(of, done);
    return { ...resource, done, of };
  };
}
