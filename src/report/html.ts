import { timestamp } from "../kernel/clock.ts";
import type { TimelineModel } from "../timeline/model-types.ts";
import { html, type Markup } from "./markup.ts";
import { evidenceSections } from "./sections/evidence.ts";
import { headline, simulatedNote, tiles } from "./sections/head.ts";
import { workSections } from "./sections/work.ts";
import { styleSheet } from "./style.ts";
import { verdictOf } from "./verdict.ts";

/** The page asks nobody for anything: no script, no font, no picture, no request. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The report as one self-contained page. Pure: the same model gives the same text. */
export function renderHtml(model: TimelineModel): string {
  const { run, span } = model;
  const title = [verdictOf(model).word, run?.environment, run?.run].filter(Boolean).join(" · ");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: styleSheet }}</style>
</head>
<body>
<main>
${headline(model)}
${tiles(model)}
${simulatedNote(model)}
${[...workSections, ...evidenceSections].map((section) => section(model))}
<footer>
<p>Made by Aura${run && ` ${run.version}`} from <a href="./timeline.jsonl">timeline.jsonl</a>${span.to > 0 && html`, which covers ${time(span.from)} to ${time(span.to)} of the cluster's time`}. The same facts: <a href="./report.md">report.md</a>, <a href="./summary.json">summary.json</a>.</p>
</footer>
</main>
</body>
</html>
`;
  return page.markup;
}

function time(at: number): Markup {
  return html`<time datetime="${timestamp(at)}">${timestamp(at).replace("T", " ").replace("Z", " UTC")}</time>`;
}
