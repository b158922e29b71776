import { Failure } from "../kernel/failure.ts";
import { humanDuration } from "../kernel/text.ts";
import type { Session } from "./session.ts";

/** In milliseconds of this machine's time. */
const suspiciousSilenceMs = 2_000;
/** Between here and a real cluster is a network, which comes back; a rehearsal's server is on this machine. */
const longestSilenceMs = { rehearsed: 30_000, real: 120_000 };

/**
 * A cluster that died runs no job to its end: waiting for the timeout would only hide it. Fails with CLUSTER_UNREACHABLE
 * when it has been silent for longer than a cluster of its sort may be.
 */
export async function guardCluster(
  session: Pick<Session, "time" | "silentMs" | "api"> & {
    readonly options: { readonly target: { readonly name: string } };
  },
): Promise<void> {
  await session.time();
  const silentMs = session.silentMs();
  const isRehearsed = session.options.target.name === "rehearsal";
  const isDead = isRehearsed && silentMs >= suspiciousSilenceMs && (await session.api()) === undefined;
  if (!isDead && silentMs < longestSilenceMs[isRehearsed ? "rehearsed" : "real"]) return;
  throw new Failure("CLUSTER_UNREACHABLE", `the cluster has not answered for ${humanDuration(silentMs)}`, {
    why: isRehearsed
      ? "its server died, or its time to live (ttl: in aura.yaml) is over; jobs and their processes are gone with it"
      : "the network between here and it is down, or the cluster is gone; its jobs go on without this command",
    fix: isRehearsed ? "aura down, then run this again" : "run this again when it answers, or: aura down",
  });
}
