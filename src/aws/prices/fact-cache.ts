import { join } from "node:path";

import * as v from "valibot";

import { readText, writeAtomic } from "../../kernel/files.ts";

/** What AWS was asked for. */
export type FactKind = "on-demand" | "spot" | "offerings";

/** An answer of AWS: USD per hour, or 1 for what is offered; null where AWS has no such thing. */
export interface Fact {
  /** When it was asked for, in milliseconds since the epoch. */
  readonly at: number;
  readonly value: number | null;
}

/** Facts by instance type (`g5.xlarge`), or by instance type and zone (`g5.xlarge us-east-1a`). */
export type Facts = Readonly<Record<string, Fact>>;

const factsSchema = v.record(
  v.string(),
  v.object({ at: v.number(), value: v.nullable(v.pipe(v.number(), v.minValue(0))) }),
);

export interface FactCache {
  /** What was kept; nothing where there is no file, or one that cannot be read. */
  read(): Promise<Facts>;
  /** Keeps these beside what is there. */
  add(facts: Facts): Promise<void>;
}

/** Facts of one sort and region in a file of `directory`. */
export function factCache(directory: string, region: string, kind: FactKind): FactCache {
  const path = join(directory, `${region}-${kind}.json`);
  const read = async () => parseFacts((await readText(path)) ?? "{}");
  return {
    read,
    add: async (facts) => writeAtomic(path, `${JSON.stringify({ ...(await read()), ...facts })}\n`),
  };
}

/** A cache is worth no error: what is broken is asked for anew. */
function parseFacts(text: string): Facts {
  try {
    return v.parse(factsSchema, JSON.parse(text));
  } catch {
    return {};
  }
}
