import type { InstanceType, Offering } from "../../catalog/instance-type.ts";
import type { LaunchLatency } from "../../catalog/latency.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import { labelKeys } from "../../planner/instance-labels.ts";
import { firstMismatch, requirementsOf } from "../../planner/requirements.ts";
import type { Requirement } from "../../planner/types.ts";
import type { Shortage } from "../../spec/environment.ts";
import type { Entry, Journal } from "../core/journal.ts";
import type { Faults } from "../faults/faults.ts";
import { type Instance, privateDnsName } from "./instance.ts";
import { isShort } from "./shortage.ts";
import { type UnavailableOfferings, unavailableOfferings } from "./unavailable.ts";

export interface FleetOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly offerings: readonly Offering[];
  readonly launchLatency: (type: InstanceType, random: Random) => LaunchLatency;
  /** Milliseconds from TerminateInstances to `terminated`. */
  readonly terminateMs: (type: InstanceType, random: Random) => number;
  readonly shortages: readonly Shortage[];
  readonly faults?: Faults | undefined;
  /** Where instances are kept. Default: nowhere. */
  readonly journal?: Journal;
}

/** What CreateFleet answers, at once; the instance runs after its `latency.launchMs`. */
export type LaunchAnswer =
  | { readonly instance: Instance }
  /** Every offering that was asked for is short. */
  | { readonly shortOf: readonly Offering[] };

/** EC2 as far as nodes need it. */
export interface SimulatedEc2 {
  readonly offerings: readonly Offering[];
  readonly unavailable: UnavailableOfferings;
  /** One instance of the cheapest offering that satisfies the requirements and is not short. */
  launch(claim: string, requirements: readonly Requirement[], pool?: string): LaunchAnswer;
  /** Marks an instance as running: its launch is over. */
  started(id: string): void;
  /** Idempotent. The instance is `terminated` after its latency. */
  terminate(id: string): void;
  /** An instance, also for a while after it ended. */
  find(id: string): Instance | undefined;
  /** The instance of a NodeClaim, unless it has ended. */
  ofClaim(name: string): Instance | undefined;
  /** Instances that have not ended: what is left over if nothing should be. */
  instances(): readonly Instance[];
  /** Instances that have ended. */
  ended(): readonly Instance[];
  /** A spot interruption of a node: a warning, and two minutes later the end. False where no such spot node runs. */
  interrupt(nodeName: string): boolean;
  /** Whether any spot node was interrupted in the life of the cluster. */
  wasInterrupted(): boolean;
  /** Called with each instance that was warned, or has ended. Returns the unsubscribe function. */
  subscribe(listener: (event: "warned" | "ended", instance: Instance) => void): () => void;
  stop(): void;
}

/** Between a spot interruption's warning and the end of the instance (EC2 user guide). */
const warningMs = 120_000;

const table = "ec2";

/**
 * A region of EC2 with the catalog's offerings, latencies and the environment's shortages. Instances that the journal
 * kept go on: those that were to end do when their time has come. Which offerings were short is forgotten, as Karpenter
 * forgets it.
 */
export function simulatedEc2(options: FleetOptions): SimulatedEc2 {
  const { clock, random, offerings, journal } = options;
  const instances = new Map<string, Instance>();
  const listeners = new Set<(event: "warned" | "ended", instance: Instance) => void>();
  const timers = new Set<() => void>();
  const unavailable = unavailableOfferings(clock);

  const keep = (instance: Instance): Instance => {
    instances.set(instance.id, instance);
    journal?.append({ table, key: instance.id, value: instance });
    return instance;
  };
  const update = (id: string, change: Partial<Instance>): Instance | undefined => {
    const instance = instances.get(id);
    return instance && keep({ ...instance, ...change });
  };
  const end = (id: string) => {
    if (instances.get(id)?.state === "terminated") return;
    const ended = update(id, { state: "terminated", endsAtMs: clock.now() });
    for (const listener of listeners) if (ended !== undefined) listener("ended", ended);
  };
  const after = (ms: number, callback: () => void, background: boolean) => {
    const cancel = clock.schedule(
      ms,
      () => {
        timers.delete(cancel);
        callback();
      },
      { background },
    );
    timers.add(cancel);
  };

  for (const { value } of journal?.restored((name) => name === table) ?? []) {
    const instance = value as Instance;
    instances.set(instance.id, instance);
  }
  for (const { id, state, endsAtMs } of instances.values()) {
    if (state === "terminated" || endsAtMs === undefined) continue;
    after(Math.max(0, endsAtMs - clock.now()), () => end(id), state === "running");
  }
  journal?.contents(() => [...instances].map(([key, value]): Entry => ({ table, key, value })));
  const newAddress = addresses(
    random,
    [...instances.values()].map(({ privateIp }) => privateIp),
  );

  return {
    offerings,
    unavailable,
    launch(claim, requirements, pool) {
      const wanted = cheapestFirst(offerings.filter(matching(requirements)).filter((one) => !unavailable.has(one)));
      const found = wanted.find((one) => !isShort(options.shortages, one) && !options.faults?.isShort(one));
      const short = wanted.slice(0, found === undefined ? undefined : wanted.indexOf(found));
      for (const offering of short) unavailable.add(offering);
      if (found === undefined) return { shortOf: short };
      const privateIp = newAddress();
      const instance: Instance = {
        id: `i-${hex(random, 17)}`,
        offering: found,
        privateIp,
        privateDnsName: privateDnsName(privateIp, options.region),
        claim,
        ...(pool !== undefined && { pool }),
        launchedAtMs: clock.now(),
        latency: options.launchLatency(found.instanceType, random),
        state: "pending",
      };
      return { instance: keep(instance) };
    },
    started: (id) => void (instances.get(id)?.state === "pending" && update(id, { state: "running" })),
    terminate(id) {
      const instance = instances.get(id);
      if (instance === undefined || instance.state === "shutting-down" || instance.state === "terminated") return;
      const afterMs = options.terminateMs(instance.offering.instanceType, random);
      update(id, { state: "shutting-down", endsAtMs: clock.now() + afterMs });
      after(afterMs, () => end(id), false);
    },
    find: (id) => instances.get(id),
    ofClaim: (name) => [...instances.values()].find(({ claim, state }) => claim === name && state !== "terminated"),
    instances: () => [...instances.values()].filter(({ state }) => state !== "terminated"),
    ended: () => [...instances.values()].filter(({ state }) => state === "terminated"),
    interrupt(nodeName) {
      const instance = [...instances.values()].find(
        ({ privateDnsName: name, state, offering }) =>
          name === nodeName && state === "running" && offering.capacityType === "spot",
      );
      if (instance === undefined) return false;
      unavailable.add(instance.offering);
      update(instance.id, { warned: true, endsAtMs: clock.now() + warningMs });
      for (const listener of listeners) listener("warned", instance);
      after(warningMs, () => end(instance.id), true);
      return true;
    },
    wasInterrupted: () => [...instances.values()].some(({ warned }) => warned),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}

/** Offerings whose labels satisfy those requirements that concern the purchase; the planner saw to the others. */
function matching(requirements: readonly Requirement[]): (offering: Offering) => boolean {
  const keys: readonly string[] = [labelKeys.instanceType, labelKeys.zone, labelKeys.capacityType, labelKeys.region];
  const wanted = requirementsOf(requirements.filter(({ key }) => keys.includes(key)));
  return ({ instanceType, zone, region, capacityType }) =>
    firstMismatch(wanted, {
      [labelKeys.instanceType]: instanceType.name,
      [labelKeys.zone]: zone,
      [labelKeys.region]: region,
      [labelKeys.capacityType]: capacityType,
    }) === undefined;
}

/**
 * One request buys one capacity type, spot where it can: spot dearer than the cheapest on demand is left out, and when
 * all spot is short, Karpenter deletes the claim and plans on demand with the next one.
 */
function cheapestFirst(offerings: readonly Offering[]): Offering[] {
  const onDemand = offerings.filter(({ capacityType }) => capacityType === "on-demand");
  const most = Math.min(...onDemand.map(({ usdPerHour }) => usdPerHour), Number.POSITIVE_INFINITY);
  const spot = offerings.filter(({ capacityType, usdPerHour }) => capacityType === "spot" && usdPerHour <= most);
  return [...(spot.length > 0 ? spot : onDemand)].sort(
    (a, b) =>
      a.usdPerHour - b.usdPerHour || compare(a.instanceType.name, b.instanceType.name) || compare(a.zone, b.zone),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.integer(16).toString(16)).join("");
}

/** Addresses of 10.0.0.0/16, none given twice. */
function addresses(random: Random, given: readonly string[]): () => string {
  const taken = new Set(given);
  return () => {
    let address: string;
    do address = `10.0.${random.integer(256)}.${4 + random.integer(250)}`;
    while (taken.has(address));
    taken.add(address);
    return address;
  };
}
