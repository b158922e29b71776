import { timestamp } from "../kernel/clock.ts";
import type { TimelineModel } from "../timeline/model-types.ts";
import { html, type Markup } from "./markup.ts";
import { page } from "./page.ts";
import { evidenceSections } from "./sections/evidence.ts";
import { headline, simulatedNote, tiles } from "./sections/head.ts";
import { workSections } from "./sections/work.ts";
import { verdictOf } from "./verdict.ts";

/** The report as one self-contained page. Pure: the same model gives the same text. */
export function renderHtml(model: TimelineModel): string {
  const { run, span } = model;
  const title = [verdictOf(model).word, run?.environment, run?.run].filter(Boolean).join(" · ");
  return page(
    { title },
    html`${headline(model)}
${tiles(model)}
${simulatedNote(model)}
${[...workSections, ...evidenceSections].map((section) => section(model))}
<footer>
<p>Made by Aura${run && ` ${run.version}`} from <a href="./timeline.jsonl">timeline.jsonl</a>${span.to > 0 && html`, which covers ${time(span.from)} to ${time(span.to)} of the cluster's time`}. The same facts: <a href="./report.md">report.md</a>, <a href="./summary.json">summary.json</a>.</p>
</footer>`,
  );
}

function time(at: number): Markup {
  return html`<time datetime="${timestamp(at)}">${timestamp(at).replace("T", " ").replace("Z", " UTC")}</time>`;
}
