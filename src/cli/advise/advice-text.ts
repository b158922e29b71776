import { humanUsd } from "../../kernel/text.ts";
import { plainText } from "../../report/markup.ts";
import { percentText } from "../../report/words.ts";
import type { Advice, AdviceItem } from "./advice.ts";

const mostItems = 20;

const causeWords: Readonly<Record<AdviceItem["cause"], string>> = {
  dead: "does nothing",
  stalled: "hangs",
  "low-use": "little use of its GPUs",
  unbalanced: "some of its GPUs idle",
  "small-memory": "needs less memory",
  "smaller-would-do": "something smaller would do",
  "idle-node": "idle between jobs",
  "held-after-last": "held after the last job",
  "unused-gpus": "GPUs nobody asked for",
  "no-pod": "GPUs that no pod has",
  "on-demand": "on demand where spot would do",
  "long-wait": "waited long",
  "idle-by-timer": "idle by a fixed timer",
  "failed-runs": "runs that failed",
};

/** Advice for people: the sum, a table, the dearest first, and under it what was seen and what to change. */
export function adviceText(advice: Advice): string {
  const { source, items, looked, notes } = advice;
  const head = `${plainText(source.name)} · ${hoursText(source.hours)} · ${verdict(advice)}`;
  const shown = items.slice(0, mostItems);
  const more = items.length > shown.length ? [`and ${items.length - shown.length} more: -o json`] : [];
  const facts = [
    ...looked.map((text) => `looked   ${plainText(text)}`),
    ...notes.map((text) => `note     ${plainText(text)}`),
  ];
  return [head, ...shown.map(itemText), ...more, facts.join("\n")].join("\n\n");
}

function verdict({ items, held, wasted }: Advice): string {
  if (items.length === 0) return "nothing wasted that could be seen";
  const share = held.gpuHours > 0 ? ` (${percentText(Math.min(1, wasted.gpuHours / held.gpuHours))})` : "";
  const money = wasted.usd === null ? "" : `, ${humanUsd(wasted.usd)}${held.usd ? ` of ${humanUsd(held.usd)}` : ""}`;
  const month = wasted.usdPerMonth ? `; ${humanUsd(wasted.usdPerMonth)} a month if it goes on` : "";
  return `wasted ${amount(wasted.gpuHours)} of ${amount(held.gpuHours)} GPU-hours${share}${money}${month}`;
}

function itemText(item: AdviceItem, index: number): string {
  const { cause, subject, user, gpuHours, usd, usdPerMonth, confidence, evidence, change, paste } = item;
  const who = user === null || subject.endsWith(` ${user}`) ? "" : ` (${plainText(user)})`;
  const month = usdPerMonth === null ? "" : `, ${humanUsd(usdPerMonth)} a month`;
  const cost = usd === null ? "price unknown" : `${humanUsd(usd)}${month}`;
  const sure = confidence >= 0.985 ? "" : `, ${percentText(confidence)} sure`;
  const hours = gpuHours === 0 ? "" : `, ${amount(gpuHours)} GPU-hours`;
  const costs = usd === 0 && gpuHours === 0 ? "time" : `${cost}${hours}${sure}`;
  return [
    `${String(index + 1).padStart(2)}  ${plainText(subject)}${who}: ${causeWords[cause]}`,
    `    cost     ${costs}`,
    `    seen     ${plainText(evidence)}`,
    `    change   ${plainText(change)}`,
    ...(paste === null ? [] : [`    fix      ${plainText(paste)}`]),
  ].join("\n");
}

function amount(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

function hoursText(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  return hours <= 48 ? `${amount(hours)} h` : `${amount(hours / 24)} days`;
}
