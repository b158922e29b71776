import type { Session } from "../session.ts";
import type { ClusterAccess } from "./pools.ts";

/** What steps need of a session. */
export function accessOf(session: Session): ClusterAccess {
  return { api: session.api, time: session.time, clock: session.options.clock };
}
