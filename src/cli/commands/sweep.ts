import { crossCheck } from "../../aws/sweep/cross-check.ts";
import { type Inventory, inventory } from "../../aws/sweep/inventory.ts";
import type { Remain } from "../../aws/sweep/kind.ts";
import type { Left } from "../../aws/sweep/remove.ts";
import { sweep as sweepAll } from "../../aws/sweep/sweep.ts";
import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { type Interrupts, withInterrupts } from "../interrupt.ts";
import { type SweepFlags, type SweepPlace, sweepPlaces } from "../sweep/sweep-places.ts";
import { inventoryText, leftLines, usdPerHourOf } from "../sweep/sweep-tables.ts";

/** `aura sweep`: what environments left behind on AWS; with `--delete` it is removed. */
export async function sweep(this: Context, flags: SweepFlags): Promise<void> {
  await perform(this, flags, () => withInterrupts(this, (interrupts) => sweepPlacesOf(this, flags, interrupts)));
}

/** An environment, what was found of it, and what became of that. */
interface Looked extends SweepPlace {
  readonly seen: Inventory;
  readonly removed: readonly Remain[];
  readonly left: readonly Left[];
}

async function sweepPlacesOf(context: Context, flags: SweepFlags, interrupts: Interrupts): Promise<CommandResult> {
  const signal = interrupts.stop;
  const looked: Looked[] = [];
  for (const place of await sweepPlaces(context, flags, signal)) {
    const seen = await inventory(place.clients, place.scope, { signal, ...spared(context, flags) });
    looked.push({ ...place, seen, removed: [], left: [] });
  }
  const found = looked.flatMap(({ seen }) => seen.found);
  if (!flags.delete || found.length === 0) return resultOf(context, flags, looked, signal);
  await confirm(context, flags, interrupts, looked);
  const swept: Looked[] = [];
  for (const one of looked) swept.push(await remove(context, flags, one, signal));
  return resultOf(context, flags, swept, signal);
}

/** What an expired environment shares a name with may live: only what has expired itself goes. */
function spared({ clock }: Context, { expired }: SweepFlags) {
  return expired ? { unexpiredAt: clock.now() } : {};
}

async function confirm(
  context: Context,
  flags: SweepFlags,
  interrupts: Interrupts,
  looked: readonly Looked[],
): Promise<void> {
  context.process.stderr.write(`${textOf(context, looked)}\n`);
  if (flags.yes) return;
  const found = looked.flatMap(({ seen }) => seen.found);
  const account = looked[0]?.scope.account;
  const question = `remove ${count(found.length, "thing")} from account ${account}? They cannot be brought back`;
  const answer = await interrupts.ask((signal) => context.confirm(question, signal));
  if (answer === true) return;
  throw new Failure("DECLINED", "nothing was removed", {
    why: answer === undefined ? "nobody answered" : "the answer was no",
    fix: "aura sweep --delete --yes",
  });
}

async function remove(context: Context, flags: SweepFlags, place: Looked, signal: AbortSignal): Promise<Looked> {
  const { clock, process } = context;
  const { clients, scope, seen } = place;
  const onRemoved = ({ kind, id }: Remain) => process.stderr.write(`removed ${kind} ${id}\n`);
  const done = await sweepAll(clients, scope, { clock, signal, onRemoved, first: seen, ...spared(context, flags) });
  return { ...place, seen: done.last, removed: done.removed, left: done.left };
}

async function resultOf(
  context: Context,
  flags: SweepFlags,
  looked: readonly Looked[],
  signal: AbortSignal,
): Promise<CommandResult> {
  const environments = [];
  for (const one of looked) environments.push(await reportOf(one, signal));
  const found = looked.flatMap(({ seen }) => seen.found);
  const error = leftovers(flags, looked);
  const data = { ok: error === undefined, deleted: flags.delete, usdPerHour: usdPerHourOf(found), environments };
  const hint =
    !flags.delete && found.length > 0 ? "nothing was removed: aura sweep --delete removes what is listed" : "";
  const stdout = looked.length === 0 ? "no environment has expired" : textOf(context, looked);
  return { data, stdout, text: hint, ...(error !== undefined && { error }) };
}

async function reportOf({ clients, scope, seen, removed, left }: Looked, signal: AbortSignal) {
  const alsoTagged = await crossCheck(clients, scope, seen, { signal });
  const reasons = left.map(({ remain: { kind, id }, reason }) => ({ kind, id, reason }));
  return { ...scope, ...seen, removed, left: reasons, ...(alsoTagged !== undefined && { alsoTagged }) };
}

function textOf({ clock }: Context, looked: readonly Looked[]): string {
  return looked.map(({ scope, seen }) => inventoryText(scope, seen, clock.now())).join("\n\n");
}

/** What could not be removed, or not even be looked for, is left until somebody proves otherwise. */
function leftovers({ delete: remove }: SweepFlags, looked: readonly Looked[]): Failure | undefined {
  const left = remove ? looked.flatMap(({ seen, left }) => leftLines(seen.found, left)) : [];
  const unchecked = looked.flatMap(({ scope: { environment }, seen }) =>
    seen.unchecked.map(({ kind, why }) => `${kind} of ${environment} could not be looked for: ${why}`),
  );
  if (left.length + unchecked.length === 0) return undefined;
  const parts = [
    ...(left.length > 0 ? [`${count(left.length, "thing")} could not be removed`] : []),
    ...(unchecked.length > 0 ? [`${count(unchecked.length, "kind")} could not be looked for`] : []),
  ];
  return new Failure("LEFTOVERS", parts.join(", "), {
    problems: [...left, ...unchecked],
    why: "what is left may be billed, and may block the next deploy",
    fix: "run this again, or the commands above",
  });
}
