import type { Session } from "../session.ts";
import type { ClusterAccess } from "./objects.ts";

/** What steps need of a session. A cluster that is not the environment's does not cease to exist with it. */
export function accessOf(session: Session): ClusterAccess {
  const { clock, target } = session.options;
  return { api: target.scope === "run" ? session.require : session.api, time: session.time, clock };
}
