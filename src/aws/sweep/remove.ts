import { type Clock, sleep } from "../../kernel/clock.ts";
import { Failure, messageOf } from "../../kernel/failure.ts";
import { humanDuration } from "../../kernel/text.ts";
import type { AwsClients } from "../clients.ts";
import { errorName, isHeldAddress, isMissing } from "../errors.ts";
import { type Hands, handsOf } from "./hands.ts";
import type { Kind, Remain } from "./kind.ts";
import { kinds } from "./kinds.ts";
import { chunks } from "./pages.ts";

export interface RemovalOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called for each one that is gone, when it is. */
  readonly onRemoved?: (remain: Remain) => void;
  /** How long things of one kind are waited for, in milliseconds. Default: as long as that kind takes. */
  readonly patienceMs?: number;
}

export interface Removal {
  readonly removed: readonly Remain[];
  readonly left: readonly Left[];
}

/** What could not be removed, and why. */
export interface Left {
  readonly remain: Remain;
  readonly reason: string;
}

/**
 * Removes things in the order in which they can go, and waits until they are gone. What is held by another is tried
 * again, with pauses that grow; what fails is left, with its reason, and the rest goes on. Goes round until a round
 * removes nothing. Safe to run again: what is gone already counts as removed. Fails with AWS_CREDENTIALS where nothing
 * more can be done at all, and with the signal's reason.
 */
export async function removeRemains(
  clients: AwsClients,
  found: readonly Remain[],
  options: RemovalOptions,
): Promise<Removal> {
  const removed: Remain[] = [];
  let left: Left[] = found.map((remain) => ({ remain, reason: "not tried" }));
  for (;;) {
    const before = left;
    left = [];
    for (const kind of kinds) {
      const remains = before.filter(({ remain }) => remain.kind === kind.name).map(({ remain }) => remain);
      if (remains.length === 0) continue;
      const done = await removeKind(kind, remains, clients, options);
      removed.push(...done.removed);
      left.push(...done.left);
    }
    if (left.length === 0 || left.length === before.length) return { removed, left };
  }
}

/** One that is to go: whether AWS was asked to remove it, and what it last said. */
interface Going {
  readonly remain: Remain;
  asked: boolean;
  /** Undefined while nothing has gone wrong. */
  reason?: string;
  /** Whether asking again is of no use. */
  refused: boolean;
}

const firstPauseMs = 1000;
const longestPauseMs = 15_000;
const defaultPatienceMs = 120_000;
/** How many requests of one kind are under way at once: EC2 throttles those that change something early. */
const atOnce = 8;

async function removeKind(
  kind: Kind,
  remains: readonly Remain[],
  clients: AwsClients,
  options: RemovalOptions,
): Promise<Removal> {
  const { clock, signal, patienceMs = kind.patienceMs ?? defaultPatienceMs } = options;
  const hands = handsOf(clients, signal);
  const removed: Remain[] = [];
  let going: Going[] = remains.map((remain) => ({ remain, asked: false, refused: false }));
  await attempt(options, () =>
    kind.prepare?.(
      remains.map(({ id }) => id),
      hands,
    ),
  );
  const deadline = clock.now() + patienceMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    for (const part of chunks(going.filter(isOpen), atOnce))
      await Promise.all(part.map((one) => askFor(kind, one, hands, options)));
    const gone = await goneOf(kind, going, hands, options);
    for (const { remain } of gone) options.onRemoved?.(remain);
    removed.push(...gone.map(({ remain }) => remain));
    going = going.filter((one) => !gone.includes(one));
    if (going.every(({ refused }) => refused) || clock.now() >= deadline) break;
    await sleep(clock, pauseMs, { signal });
  }
  const late = `still there after ${humanDuration(patienceMs)}`;
  return { removed, left: going.map(({ remain, reason }) => ({ remain, reason: reason ?? late })) };
}

const isOpen = ({ asked, refused }: Going) => !asked && !refused;

async function askFor(kind: Kind, one: Going, hands: Hands, options: RemovalOptions): Promise<void> {
  const error = await attempt(options, () => kind.remove(one.remain.id, hands));
  one.asked = error === undefined || isMissing(error);
  if (one.asked) delete one.reason;
  else {
    one.reason = said(error);
    one.refused = !isPassing(error);
  }
}

/** Those that AWS was asked to remove and that it does not show any more. */
async function goneOf(kind: Kind, going: readonly Going[], hands: Hands, options: RemovalOptions): Promise<Going[]> {
  const asked = going.filter((one) => one.asked);
  if (kind.present === undefined || asked.length === 0) return asked;
  let there: ReadonlySet<string> = new Set();
  const ids = asked.map(({ remain }) => remain.id);
  const error = await attempt(options, async () => {
    there = new Set(await kind.present?.(ids, hands));
  });
  return error === undefined ? asked.filter(({ remain }) => !there.has(remain.id)) : [];
}

/** What a call fails with; what concerns all calls to come is thrown. */
async function attempt(options: RemovalOptions, call: () => Promise<void> | undefined): Promise<unknown> {
  try {
    options.signal?.throwIfAborted();
    await call();
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Failure && error.code === "AWS_CREDENTIALS") throw error;
    return error;
  }
}

/** Whether it may be otherwise in a while: something holds the thing, or AWS is busy. */
function isPassing(error: unknown): boolean {
  const names =
    /DependencyViolation|InUse|DeleteConflict|IncorrectState|ConcurrentModification|OperationAborted|Throttl|LimitExceeded|Unavailable|Internal|ServerException|NotAttached/;
  return names.test(errorName(error)) || isHeldAddress(error);
}

function said(error: unknown): string {
  return error instanceof Failure ? error.message : `${errorName(error)}: ${messageOf(error)}`;
}
