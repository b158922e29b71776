import { resolve } from "node:path";
import { parse } from "yaml";

import { Failure, messageOf } from "../../kernel/failure.ts";
import { readText } from "../../kernel/files.ts";
import { columns, count } from "../../kernel/text.ts";
import type { FaultStatus, Strike } from "../../rehearsal/faults/active-faults.ts";
import { type FaultName, faultKinds, faultNames } from "../../rehearsal/faults/fault-kinds.ts";
import { faultText, parametersText, standingText } from "../../rehearsal/faults/fault-text.ts";
import { parseFault } from "../../rehearsal/faults/parse-fault.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { type Place, type PlaceFlags, placeOf } from "../rehearsal/place.ts";
import { askServer } from "../targets/server-client.ts";
import { runningServer } from "../targets/server-life.ts";

type FaultFlags = PlaceFlags & OutputFlags;

/** A fault's parameters are read as text. */
export type AddFlags = FaultFlags & Readonly<Record<string, string | undefined>>;

const path = "/aura/v1/faults";

/** `aura rehearsal fault KIND`: the command that puts a fault of this kind in force. */
export function add(fault: FaultName) {
  return async function (this: Context, flags: AddFlags) {
    const { file, data, name, output, ...parameters } = flags;
    await perform(this, { output }, async () => {
      const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
      const spec = parseFault({ fault, ...Object.fromEntries(given) }, "the command line").spec;
      return addAll(this, flags, [spec]);
    });
  };
}

/** `aura rehearsal fault load FILE` */
export async function load(this: Context, flags: FaultFlags, file: string): Promise<void> {
  await perform(this, flags, async () => {
    const where = resolve(this.cwd, file);
    const text = await readText(where);
    if (text === undefined)
      throw new Failure("FILE_NOT_FOUND", `no such file: ${file}`, { where, fix: "aura rehearsal fault kinds" });
    const specs = listIn(text, where);
    return addAll(
      this,
      flags,
      specs.map((spec, index) => parseFault(spec, `${file}[${index}]`).spec),
    );
  });
}

function listIn(text: string, where: string): readonly unknown[] {
  try {
    const value: unknown = parse(text);
    if (Array.isArray(value)) return value;
  } catch (cause) {
    throw new Failure("FILE_INVALID", "this file is not YAML", { where, why: messageOf(cause), cause });
  }
  throw new Failure("FILE_INVALID", "this file holds no list of faults", {
    where,
    fix: "- fault: api-error\n         probability: 0.1",
  });
}

async function addAll(context: Context, flags: FaultFlags, specs: readonly object[]): Promise<CommandResult> {
  const place = await placeOf(context, flags);
  const { items } = await ask<{ items: FaultStatus[] }>(context, place, "POST", specs);
  const text = [...items.map(faultText), `  end    ${place.command("fault clear")} ${items[0]?.id ?? "--all"}`];
  return { data: { ok: true, faults: items }, text: text.join("\n") };
}

/** `aura rehearsal fault list` */
export async function list(this: Context, flags: FaultFlags): Promise<void> {
  await perform(this, flags, async () => {
    const place = await placeOf(this, flags);
    const { items, strikes } = await ask<{ items: FaultStatus[]; strikes: Strike[] }>(this, place, "GET");
    const rows = items.map((one) => [one.id, one.spec.fault, standingText(one), parametersText(one.spec)]);
    const latest = strikes.slice(-5).map(({ at, id, on }) => `  ${at} ${id} ${on}`);
    const text = [
      rows.length === 0 ? "no faults" : columns(rows),
      ...(latest.length > 0 ? ["latest strikes", ...latest] : []),
    ];
    return { data: { ok: true, faults: items, strikes }, text: text.join("\n") };
  });
}

interface ClearFlags extends FaultFlags {
  readonly all: boolean;
}

/** `aura rehearsal fault clear [ID|--all]` */
export async function clear(this: Context, flags: ClearFlags, id?: string): Promise<void> {
  await perform(this, flags, async () => {
    const place = await placeOf(this, flags);
    if ((id === undefined) !== flags.all) {
      throw new Failure("USAGE", "say which fault ends: its id, or --all", { fix: place.command("fault list") });
    }
    const { ended } = await ask<{ ended: number }>(this, place, "DELETE", id === undefined ? undefined : { id });
    if (id !== undefined && ended === 0) {
      throw new Failure("USAGE", `no fault ${JSON.stringify(id)} is in force`, { fix: place.command("fault list") });
    }
    return { data: { ok: true, ended }, text: `${count(ended, "fault")} ended` };
  });
}

/** `aura rehearsal fault kinds` */
export async function kinds(this: Context, flags: OutputFlags): Promise<void> {
  await perform(this, flags, async () => {
    const all = faultNames.map((fault) => {
      const { meaning, example, parameters } = faultKinds[fault];
      const entries = Object.entries(parameters).map(([name, { about }]) => [name, about]);
      return { fault, meaning, example, parameters: Object.fromEntries(entries) as Record<string, string> };
    });
    const text = columns(all.map(({ fault, meaning }) => [fault, meaning]));
    return { data: { ok: true, kinds: all }, text: `${text}\n  more   aura rehearsal fault KIND --help` };
  });
}

async function ask<T>(context: Context, place: Place, method: "GET" | "POST" | "DELETE", body?: object): Promise<T> {
  const record = await runningServer(context, place.dataDir);
  const answer = record && (await askServer<T>(record, method, path, body));
  if (answer !== undefined) return answer;
  throw new Failure("CLUSTER_UNREACHABLE", "the embedded cluster does not answer", {
    where: place.dataDir,
    fix: place.command("start"),
  });
}
