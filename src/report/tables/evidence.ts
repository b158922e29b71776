import type { TimelineModel } from "../../timeline/model-types.ts";
import { relativeHref } from "../markup.ts";
import { bytesText } from "../words.ts";
import { cell, dash, moment, number, type Table } from "./table.ts";

export function outputsTable({ outputs }: TimelineModel): Table {
  return {
    columns: [{ title: "File", wide: true }, { title: "Pod" }, number("Size")],
    rows: outputs.map(({ path, pod, bytes }) => [
      { text: path, href: relativeHref(path) },
      cell(pod),
      cell(bytesText(bytes)),
    ]),
  };
}

/** What parts of the cluster measured themselves. */
export function metricsTable({ metrics }: TimelineModel): Table {
  return {
    columns: [{ title: "Measured by" }, { title: "What", wide: true }, number("Value")],
    rows: metrics.flatMap(({ source, path, figures }) => [
      [cell(source), { text: path, href: relativeHref(path) }, dash],
      ...figures.map(({ name, value, unit }) => [
        cell(source),
        cell(name),
        cell([Math.round(value * 100) / 100, unit].filter((part) => part !== undefined).join(" ")),
      ]),
    ]),
    ...(metrics.length > 0 && { notes: ["Counted since each of them started, as it was when logs were collected."] }),
  };
}

/** The most events that are shown; the timeline has them all. */
const mostEvents = 500;

export function eventsTable({ events, span }: TimelineModel): Table {
  const groups = new Map<string, { readonly event: (typeof events)[number]; times: number }>();
  for (const event of events) {
    const key = JSON.stringify([event.kind, event.namespace, event.name, event.reason, event.message]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { event, times: 1 });
    else group.times += 1;
  }
  const shown = [...groups.values()].slice(0, mostEvents);
  const hidden = groups.size - shown.length;
  return {
    columns: [
      number("At"),
      { title: "Level" },
      { title: "Object" },
      { title: "Reason" },
      { title: "Message", wide: true },
      number("Times"),
    ],
    rows: shown.map(({ event, times }) => [
      moment(event.at, span.from),
      cell(event.level, event.level === "Warning" ? "bad" : "quiet"),
      cell(`${event.kind} ${event.name}`),
      cell(event.reason),
      cell(event.message),
      cell(String(times)),
    ]),
    ...(hidden > 0 && { notes: [`${hidden} more are in timeline.jsonl.`] }),
  };
}

export function leftoversTable({ leftovers }: TimelineModel): Table {
  return {
    columns: [{ title: "Kind" }, { title: "Name", wide: true }, { title: "Command that removes it", wide: true }],
    rows: (leftovers?.found ?? []).map(({ kind, name, fix }) => [cell(kind), cell(name, "bad"), cell(fix)]),
  };
}
