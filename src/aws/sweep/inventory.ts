import { timestamp } from "../../kernel/clock.ts";
import { Failure, messageOf } from "../../kernel/failure.ts";
import type { AwsClients } from "../clients.ts";
import { handsOf } from "./hands.ts";
import type { Kind, Look, Remain, Thing } from "./kind.ts";
import { clusters } from "./kinds/clusters.ts";
import { vpcs } from "./kinds/vpcs.ts";
import { kinds as allKinds } from "./kinds.ts";
import { type Circumstances, recognize, type Verdict } from "./recognize.ts";
import { expiryKey, type SweepScope } from "./scope.ts";

/** What an environment left behind, as far as it could be seen. */
export interface Inventory {
  /** The kinds that were looked for, and could be. */
  readonly checked: readonly string[];
  /** In the order in which they can go. */
  readonly found: readonly Remain[];
  /** What may be the environment's and is not touched: one tag alone says so, or another contradicts. */
  readonly unsure: readonly Remain[];
  /** What is going already. */
  readonly ending: readonly Remain[];
  /** Kinds that could not be looked for: that nothing is there is not known of them. */
  readonly unchecked: readonly { readonly kind: string; readonly why: string }[];
}

export interface InventoryOptions extends Pick<Circumstances, "unexpiredAt"> {
  readonly signal?: AbortSignal | undefined;
  /** Default: all. */
  readonly kinds?: readonly Kind[];
}

/**
 * Looks for everything that an environment may have left in its account and region. What is told by names alone (IAM)
 * is looked for in the whole account. Fails with AWS_CREDENTIALS where nothing can be seen at all.
 */
export async function inventory(
  clients: AwsClients,
  scope: SweepScope,
  options: InventoryOptions = {},
): Promise<Inventory> {
  const { signal, kinds = allKinds } = options;
  const hands = handsOf(clients, signal);
  const first = [vpcs, clusters].map((kind) => lookFor(kind, { ...hands, scope, vpcs: [] }, options));
  const [network = nothing, standing = nothing] = await Promise.all(first);
  const look = { ...hands, scope, vpcs: network.found.map(({ id }) => id) };
  const known = { ...options, isClusterStrange: standing.unsure.length + standing.unchecked.length > 0 };
  const seen = new Map([
    [vpcs, network],
    [clusters, standing],
  ]);
  const looked = await Promise.all(kinds.map((kind) => seen.get(kind) ?? lookFor(kind, look, known)));
  return {
    checked: kinds.filter((_, index) => looked[index]?.unchecked.length === 0).map(({ name }) => name),
    found: looked.flatMap(({ found }) => found),
    unsure: looked.flatMap(({ unsure }) => unsure),
    ending: looked.flatMap(({ ending }) => ending),
    unchecked: looked.flatMap(({ unchecked }) => unchecked),
  };
}

type Looked = Omit<Inventory, "checked">;

const nothing: Looked = { found: [], unsure: [], ending: [], unchecked: [] };

async function lookFor(kind: Kind, look: Look, options: InventoryOptions & Circumstances): Promise<Looked> {
  try {
    const things = new Map((await kind.find(look)).map((thing) => [thing.id, thing]));
    const judged = [...things.values()].map((thing) => ({
      thing,
      verdict: recognize(look.scope, thing, options),
    }));
    const remains = (whose: Verdict["whose"], ending: boolean) =>
      judged
        .filter(({ thing, verdict }) => verdict.whose === whose && (thing.ending ?? false) === ending)
        .map(({ thing, verdict }) => remainOf(kind, thing, verdict, look.scope));
    return {
      ...nothing,
      found: remains("ours", false),
      unsure: remains("unsure", false),
      ending: remains("ours", true),
    };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Failure && error.code === "AWS_CREDENTIALS") throw error;
    return { ...nothing, unchecked: [{ kind: kind.name, why: messageOf(error) }] };
  }
}

function remainOf(kind: Kind, thing: Thing, { evidence, doubt }: Verdict, { region }: SweepScope): Remain {
  const { id, name, detail, usdPerHour, state, createdAt, tags, fix } = thing;
  const expiresAt = tags[expiryKey];
  return {
    kind: kind.name,
    id,
    name: name ?? id,
    region,
    why: detail === undefined ? kind.why : `${kind.why} (${detail})`,
    ...(usdPerHour !== undefined && { usdPerHour }),
    evidence,
    ...(doubt !== undefined && { doubt }),
    ...(state !== undefined && { state }),
    ...(createdAt !== undefined && { createdAt: timestamp(createdAt.getTime()) }),
    ...(expiresAt !== undefined && { expiresAt }),
    fix,
  };
}
