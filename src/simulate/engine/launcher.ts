import type { Offering } from "../../catalog/instance-type.ts";
import { type Random, seededRandom } from "../../kernel/random.ts";
import { offerKey, type PlacePolicy } from "../../policy/policy.ts";
import { interruptionsPerHour } from "../../policy/where/interruptions.ts";
import { sampledLaunchSeconds } from "../world/launch-seconds.ts";
import type { PoolSpec, World } from "../world/world.ts";
import { RecentDurations } from "./recent-durations.ts";

/** Where a node is launched, or when it may be tried again. */
export interface Launch {
  /** Index in the pool's offers; -1: everything was refused. */
  readonly offer: number;
  readonly checkpointEvery: number;
  /** Of offers that were refused on the way. */
  readonly refusals: number;
  /** Where everything was refused: when the first of them may be asked again. */
  readonly retryAt: number;
}

const defaultBackOffSeconds = 180;
/** No policy may ask for longer than there are offers. */
const mostAttempts = 1000;

/** Chooses offers as the policy says, meets refusals, and draws how long a boot takes and how long spot lasts. */
export class Launcher {
  readonly durations = new RecentDurations();
  readonly #world: World;
  readonly #place: PlacePolicy | undefined;
  readonly #boots: Random;
  readonly #refusals: Random;
  readonly #interruptions: Random;
  /** By `offerKey`, for all pools: capacity is the region's. */
  readonly #refusedUntil = new Map<string, number>();
  readonly #onDemand = new Map<PoolSpec, readonly number[]>();
  readonly #defaults = new Map<PoolSpec, Launch>();

  constructor(world: World, place: PlacePolicy | undefined, seed: number) {
    this.#world = world;
    this.#place = place;
    this.#boots = seededRandom(seed);
    this.#refusals = seededRandom(seed + 0x10_0000);
    this.#interruptions = seededRandom(seed + 0x20_0000);
  }

  /** Where to launch a node of this pool for jobs that need so many at once. */
  choose(pool: PoolSpec, nodes: number, now: number): Launch {
    const refusal = this.#world.options.supply?.refusal;
    if (this.#place === undefined && refusal === undefined) return this.#default(pool);
    for (let refusals = 0; refusals < mostAttempts; refusals += 1) {
      const { offer, checkpointEvery } = this.#wanted(pool, nodes, now);
      const offering = pool.offers[offer];
      if (offering === undefined) break;
      if (!this.#isRefused(offering)) return { offer, checkpointEvery, refusals, retryAt: now };
      this.#refusedUntil.set(offerKey(offering), now + (refusal?.backOffSeconds ?? defaultBackOffSeconds));
    }
    return { offer: -1, checkpointEvery: Number.POSITIVE_INFINITY, refusals: 1, retryAt: this.#retryAt(pool, now) };
  }

  /** The cheapest offer on demand, whatever policies say. */
  onDemand(pool: PoolSpec): number {
    return this.#default(pool).offer;
  }

  /** From being asked for to being of use. */
  bootSeconds({ offers }: PoolSpec, offer: number): number {
    const { launchSeconds, loadSeconds = 0, imageMib } = this.#world.options;
    const type = offers[offer]?.instanceType;
    if (launchSeconds !== undefined || type === undefined) return (launchSeconds ?? 0) + loadSeconds;
    return sampledLaunchSeconds(type, this.#boots, imageMib) + loadSeconds;
  }

  /** How long until EC2 takes the node back; Infinity: never. */
  lifeSeconds({ offers }: PoolSpec, offer: number): number {
    const offering = offers[offer];
    if (offering?.capacityType !== "spot" || this.#world.options.supply?.interruptions === false) return Infinity;
    return (-Math.log(1 - this.#interruptions.next()) * 3600) / interruptionsPerHour(offering);
  }

  #wanted(pool: PoolSpec, nodes: number, now: number): Pick<Launch, "offer" | "checkpointEvery"> {
    const placement = this.#place?.place({
      offers: pool.offers,
      nodes,
      expectedSeconds: this.durations.expected(pool.id),
      checkpointSeconds: pool.checkpoints ? this.#world.options.supply?.checkpoints?.writeSeconds : undefined,
      costs: pool.costs,
      refusedUntilSeconds: this.#refusedUntil,
      nowSeconds: now,
    });
    const offer = placement === undefined ? -1 : indexOf(pool.offers, placement.offer);
    if (placement !== undefined && offer !== -1 && this.#isOpen(placement.offer, now)) {
      return { offer, checkpointEvery: placement.checkpointEverySeconds ?? Number.POSITIVE_INFINITY };
    }
    return { offer: this.#cheapestOpen(pool, now), checkpointEvery: Number.POSITIVE_INFINITY };
  }

  #default(pool: PoolSpec): Launch {
    const known = this.#defaults.get(pool);
    if (known !== undefined) return known;
    const offer = pool.offers.indexOf(pool.offer);
    const launch = { offer, checkpointEvery: Number.POSITIVE_INFINITY, refusals: 0, retryAt: 0 };
    this.#defaults.set(pool, launch);
    return launch;
  }

  /** On demand, cheapest first. */
  #cheapestOpen(pool: PoolSpec, now: number): number {
    const known = this.#onDemand.get(pool) ?? onDemandOrder(pool);
    this.#onDemand.set(pool, known);
    return known.find((index) => this.#isOpen(pool.offers[index], now)) ?? -1;
  }

  #isOpen(offer: Offering | undefined, now: number): boolean {
    return offer !== undefined && (this.#refusedUntil.get(offerKey(offer)) ?? 0) <= now;
  }

  #isRefused(offer: Offering): boolean {
    const probability = this.#world.options.supply?.refusal?.probability(offer) ?? 0;
    return probability > 0 && this.#refusals.next() < Math.min(probability, 0.95);
  }

  #retryAt({ offers }: PoolSpec, now: number): number {
    const times = offers.flatMap((offer) => this.#refusedUntil.get(offerKey(offer)) ?? []);
    const earliest = Math.min(...times.filter((time) => time > now));
    return Number.isFinite(earliest) ? earliest : now + defaultBackOffSeconds;
  }
}

function onDemandOrder({ offers }: PoolSpec): number[] {
  const indices = offers.flatMap(({ capacityType }, index) => (capacityType === "on-demand" ? index : []));
  return indices.sort((a, b) => (offers[a]?.usdPerHour ?? 0) - (offers[b]?.usdPerHour ?? 0) || a - b);
}

function indexOf(offers: readonly Offering[], offer: Offering): number {
  const index = offers.indexOf(offer);
  if (index !== -1) return index;
  const key = offerKey(offer);
  return offers.findIndex((other) => offerKey(other) === key);
}
