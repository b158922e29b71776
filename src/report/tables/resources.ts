import { count } from "../../kernel/text.ts";
import type { ResourceModel, TimelineModel } from "../../timeline/model-types.ts";
import { secondsText } from "../words.ts";
import { type Cell, cell, dash, moment, number, type Table } from "./table.ts";

/** The most that are shown, failed ones aside; the timeline has them all. */
const most = 10;

const done: Readonly<Record<ResourceModel["action"], string>> = {
  create: "made",
  update: "changed",
  delete: "removed",
  replace: "replaced",
};

/** What failed or broke off, then what took longest. */
export function resourcesTable({ resources, span }: TimelineModel): Table {
  const bad = resources.filter(({ state }) => state !== "succeeded");
  const good = resources.filter(({ state }) => state === "succeeded");
  const shown = [...bad, ...good.slice(0, most)];
  const hidden = resources.length - shown.length;
  return {
    columns: [{ title: "Resource", wide: true }, { title: "Result" }, number("Began"), number("Took")],
    rows: shown.map((resource) => [
      cell(resource.address),
      result(resource),
      moment(resource.startedAt, span.from),
      resource.state === "unfinished" ? dash : cell(secondsText(resource.seconds)),
    ]),
    ...(hidden > 0 && { notes: [`${count(hidden, "more resource")}, each as quick or quicker, in timeline.jsonl.`] }),
  };
}

function result({ state, action }: ResourceModel): Cell {
  return state === "succeeded" ? cell(done[action], "good") : cell(`${state}: ${action}`, "bad");
}
