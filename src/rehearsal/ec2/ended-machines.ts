import type { NodeObserved } from "../../timeline/entries.ts";
import type { SimulatedEc2 } from "./fleet.ts";
import type { Instance } from "./instance.ts";

/** What EC2 remembers of an instance that was a node. */
export interface EndedMachine {
  /** The NodeClaim that it was launched for. */
  readonly name: string;
  readonly facts: Omit<NodeObserved, "type" | "name" | "state" | "reason">;
  readonly requestedAt: number;
  readonly launchedAt: number;
  readonly endedAt?: number;
}

/** Every instance that has ended, as EC2 describes terminated ones for an hour; here for as long as the cluster lives. */
export function endedMachines(fleet: SimulatedEc2): EndedMachine[] {
  return fleet.ended().map((instance) => {
    const { claim, launchedAtMs, latency, endsAtMs } = instance;
    return {
      name: claim,
      facts: factsOf(instance, fleet),
      requestedAt: launchedAtMs,
      launchedAt: Math.min(launchedAtMs + latency.launchMs, endsAtMs ?? Number.POSITIVE_INFINITY),
      ...(endsAtMs !== undefined && { endedAt: endsAtMs }),
    };
  });
}

function factsOf({ offering, privateDnsName, pool }: Instance, { offerings }: SimulatedEc2): EndedMachine["facts"] {
  const { instanceType, capacityType, zone, usdPerHour, source } = offering;
  const { gpu } = instanceType;
  const onDemand = offerings.find(
    (one) => one.instanceType.name === instanceType.name && one.zone === zone && one.capacityType === "on-demand",
  );
  return {
    ...{ node: privateDnsName, instanceType: instanceType.name, capacityType, zone, usdPerHour },
    ...(pool !== undefined && { pool }),
    gpus: gpu?.count ?? 0,
    ...(gpu && { gpu: gpu.name }),
    ...(onDemand && { onDemandUsdPerHour: onDemand.usdPerHour }),
    ...(source.estimate && { priceEstimated: true }),
  };
}
