import { html, type Markup } from "../markup.ts";
import type { Cell, Column, Table } from "../tables/table.ts";

/**
 * A table in a box that scrolls sideways by itself, so that the page never does. The caption is only read aloud unless
 * `captioned`: most tables follow their section's heading.
 */
export function tableView(table: Table, caption: string, captioned = false): Markup {
  const { columns, rows, foot, notes = [] } = table;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${columns.some(({ wide }) => wide) && html` class="full"`}>
<caption${!captioned && html` class="unseen"`}>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${column.title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, index) => cellView(cell, columns[index], index === 0))}</tr>
`,
  )}</tbody>
${foot !== undefined && html`<tfoot><tr>${foot.map((cell, index) => cellView(cell, columns[index], index === 0))}</tr></tfoot>`}
</table></div>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

function cellView(cell: Cell, column: Column | undefined, head: boolean): Markup {
  const text = cell.href === undefined ? html`${cell.text}` : html`<a href="${cell.href}">${cell.text}</a>`;
  const toned = cell.tone === undefined ? text : html`<span class="${cell.tone}">${text}</span>`;
  const title = cell.title !== undefined && html` title="${cell.title}"`;
  return head && column?.numeric !== true
    ? html`<th scope="row"${title}>${toned}</th>`
    : html`<td${column && kind(column)}${title}>${toned}</td>`;
}

function kind({ numeric, wide }: Column): Markup | false {
  if (numeric === true) return html` class="number"`;
  return wide === true && html` class="wide"`;
}
