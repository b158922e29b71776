import type { AwsClients } from "../../../src/aws/clients.ts";
import { seedBalancers, seedCompute } from "./sweep-seed-compute.ts";
import { seedNamed } from "./sweep-seed-named.ts";
import { seedNetwork } from "./sweep-seed-network.ts";
import type { World } from "./sweep-tags.ts";

/** Something that was made for a test, and whether AWS still has it. */
export interface Seeded {
  readonly kind: string;
  readonly id: string;
  exists(): Promise<boolean>;
}

export type Seed = (kind: string, id: string | undefined, exists: () => Promise<unknown>) => void;

/** One thing at least of every kind that the sweep knows, all in one world. */
export async function seedWorld(clients: AwsClients, world: World): Promise<Seeded[]> {
  return collected(async (seed) => {
    const network = await seedNetwork(clients, world, seed);
    await seedCompute(clients, world, network, seed);
    await seedBalancers(clients, world, network, seed);
    await seedNamed(clients, world, seed);
  });
}

/** A VPC and what is in it, and nothing else. */
export function seedVpc(clients: AwsClients, world: World): Promise<Seeded[]> {
  return collected((seed) => seedNetwork(clients, world, seed));
}

async function collected(make: (seed: Seed) => Promise<unknown>): Promise<Seeded[]> {
  const seeded: Seeded[] = [];
  await make((kind, id, exists) => {
    if (id === undefined) throw new Error(`no ${kind} was made`);
    seeded.push({ kind, id, exists: () => isTrue(exists) });
  });
  return seeded;
}

async function isTrue(exists: () => Promise<unknown>): Promise<boolean> {
  try {
    const found = await exists();
    return Array.isArray(found) ? found.length > 0 : found !== undefined && found !== false;
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (/NotFound|NoSuch|NonExist|DoesNotExist|LoadBalancerNotFound/.test(name)) return false;
    throw error;
  }
}

/** The kinds whose things are gone, or are there, each once. */
export async function partition(seeded: readonly Seeded[]) {
  const there = await Promise.all(seeded.map((one) => one.exists()));
  const labels = (want: boolean) =>
    seeded.filter((_, index) => there[index] === want).map(({ kind, id }) => `${kind} ${id}`);
  return { there: labels(true), gone: labels(false) };
}
