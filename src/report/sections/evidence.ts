import { count } from "../../kernel/text.ts";
import type { LogCollected } from "../../timeline/entries.ts";
import type { TimelineModel } from "../../timeline/model-types.ts";
import { html, type Markup, relativeHref } from "../markup.ts";
import { eventsTable, leftoversTable, metricsTable, outputsTable } from "../tables/evidence.ts";
import { bytesText, listed } from "../words.ts";
import { tableView } from "./table-view.ts";

type Section = (model: TimelineModel) => Markup | false;

/** What was brought home, and the proof that nothing is left. */
export const evidenceSections: readonly Section[] = [outputs, logs, metrics, events, left];

function outputs(model: TimelineModel): Markup | false {
  return (
    model.outputs.length > 0 &&
    html`<section id="outputs"><h2>Outputs</h2>${tableView(outputsTable(model), "Files that jobs declared and that were brought home")}</section>`
  );
}

function logs({ logs: collected }: TimelineModel): Markup | false {
  return (
    collected.length > 0 &&
    html`<section id="logs"><h2>Logs</h2><p class="quiet">The end of each; the files have everything.</p>${collected.map(logView)}</section>`
  );
}

function logView({ pod, container, path, bytes, tail }: LogCollected): Markup {
  const text = tail.trimEnd();
  return html`<details><summary><span class="name">${pod}</span> <span class="quiet">${container}, ${bytesText(bytes)}</span></summary>
<p><a href="${relativeHref(path)}">${path}</a></p>
${text === "" ? html`<p class="quiet">The log is empty.</p>` : html`<pre tabindex="0" aria-label="Log of ${pod}">${text}</pre>`}
</details>
`;
}

function metrics(model: TimelineModel): Markup | false {
  return (
    model.metrics.length > 0 &&
    html`<section id="metrics"><h2>Metrics of the cluster</h2>${tableView(metricsTable(model), "What parts of the cluster measured themselves")}</section>`
  );
}

const fewEvents = 12;

function events(model: TimelineModel): Markup | false {
  const table = eventsTable(model);
  const view = tableView(table, "Events of the cluster");
  const warnings = model.events.filter(({ level }) => level === "Warning").length;
  const summary = html`${count(table.rows.length, "different event")}, ${count(warnings, "warning")}`;
  return (
    table.rows.length > 0 &&
    html`<section id="events"><h2>Events</h2>
${table.rows.length <= fewEvents ? view : html`<details><summary>${summary}</summary>${view}</details>`}
</section>`
  );
}

function left(model: TimelineModel): Markup {
  const { leftovers } = model;
  return html`<section id="left"><h2>Left behind</h2>
${
  leftovers === undefined
    ? html`<p>Nothing was looked for: the environment has not been taken down in this run.</p>`
    : html`<p>Looked at ${listed(leftovers.checked) || "nothing"}. ${leftovers.found.length === 0 ? html`<strong class="good">✓ Nothing was found.</strong>` : html`<strong class="bad">✕ ${count(leftovers.found.length, "thing")} found.</strong>`}</p>`
}
${(leftovers?.found.length ?? 0) > 0 && tableView(leftoversTable(model), "What is left, and how to remove it")}
</section>`;
}
