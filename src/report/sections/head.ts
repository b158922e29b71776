import { count, humanUsd } from "../../kernel/text.ts";
import type { TimelineModel } from "../../timeline/model-types.ts";
import { html, type Markup } from "../markup.ts";
import { isEstimated, totalText } from "../tables/nodes.ts";
import { gpuVerdicts, isRehearsal, verdictOf } from "../verdict.ts";
import { approximate, listed, percentText, roughDuration, secondsText } from "../words.ts";

const symbols = { good: "✓", bad: "✕", open: "○" } as const;

export function headline(model: TimelineModel): Markup {
  const { tone, word, sentence } = verdictOf(model);
  const { run } = model;
  return html`<header class="${tone}">
<p class="run">${[run?.environment, run?.target, run?.region, run?.run].filter(Boolean).join(" · ")}</p>
<h1><span class="verdict"><span aria-hidden="true">${symbols[tone]}</span> ${word}.</span> ${sentence}</h1>
</header>`;
}

/** What a reader must not take for real. */
export function simulatedNote(model: TimelineModel): Markup | false {
  const { run } = model;
  return (
    isRehearsal(model) &&
    html`<aside class="simulated">
<p><strong>This was a rehearsal.</strong> The jobs' own work was real where they ran as processes or containers; this was simulated:</p>
<ul>${run?.simulated.map((sentence) => html`<li>${sentence}</li>`)}</ul>
</aside>`
  );
}

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly href: string;
  readonly tone?: "good" | "bad" | undefined;
}

export function tiles(model: TimelineModel): Markup {
  const all = [costTile(model), savingTile(model), timeTile(model), jobsTile(model), gpuTile(model), leftTile(model)];
  return html`<div class="tiles">${all.map(
    ({
      label,
      value,
      detail,
      href,
      tone = "plain",
    }) => html`<a class="tile ${tone}" href="${href}"><span class="label">${label}</span><span class="value">${value}</span><span class="detail">${detail}</span></a>
`,
  )}</div>`;
}

function costTile(model: TimelineModel): Tile {
  const { usd, nodes, charges, run } = model;
  const nodesUsd = nodes.reduce((total, node) => total + node.usd, 0);
  const over = run?.budgetUsd !== undefined && usd > run.budgetUsd;
  const parts = `nodes ${humanUsd(nodesUsd)}, environment ${humanUsd(charges.reduce((total, charge) => total + charge.usd, 0))}`;
  const budget = run?.budgetUsd === undefined ? "" : `; budget ${humanUsd(run.budgetUsd)}`;
  return {
    label: "Cost",
    value: approximate(totalText(usd, model), isEstimated(model)),
    detail: `${parts}${budget}`,
    href: "#cost",
    tone: over ? "bad" : undefined,
  };
}

function savingTile({ nodes, compare }: TimelineModel): Tile {
  const [paid, full] = nodes.reduce(([a, b], node) => [a + node.usd, b + node.onDemandUsd], [0, 0]);
  const value = full > 0 ? percentText(1 - paid / full) : "–";
  const detail = `of the nodes' price on demand; always on would be ${humanUsd(compare.alwaysOnUsdPerMonth)} a month`;
  return { label: "Saved by spot", value, detail, href: "#cost" };
}

function timeTile(model: TimelineModel): Tile {
  const { awsSeconds, seconds, run } = model;
  const pace = (run?.speed ?? 1) > 1 ? `, delays passed ${run?.speed} times faster` : "";
  return isRehearsal(model)
    ? {
        label: "Time on AWS",
        value: roughDuration(awsSeconds),
        detail: `rehearsed in ${secondsText(seconds)}${pace}`,
        href: "#phases",
      }
    : {
        label: "Time",
        value: roughDuration(awsSeconds),
        detail: `${count(model.phases.length, "phase")}`,
        href: "#phases",
      };
}

function jobsTile({ jobs }: TimelineModel): Tile {
  const done = jobs.filter(({ status }) => status === "succeeded").length;
  const attempts = jobs.reduce((total, job) => total + job.attempts.length, 0);
  return {
    label: "Jobs",
    value: jobs.length === 0 ? "none" : `${done} of ${jobs.length}`,
    detail: jobs.length === 0 ? "no job was submitted" : `succeeded, in ${count(attempts, "attempt")}`,
    href: "#jobs",
    tone: jobs.length === 0 ? undefined : done === jobs.length ? "good" : "bad",
  };
}

function gpuTile(model: TimelineModel): Tile {
  const verdicts = gpuVerdicts(model);
  const [first] = verdicts;
  if (first === undefined) return { label: "GPU test", value: "none", detail: "no job asked for a GPU", href: "#jobs" };
  const results = [...new Set(verdicts.map(({ result }) => result))];
  const passed = results.every((result) => result === "passed");
  const detail = verdicts.length === 1 ? first.device || first.reason : count(verdicts.length, "GPU job");
  return { label: "GPU test", value: listed(results), detail, href: "#gpu", tone: passed ? "good" : "bad" };
}

function leftTile({ leftovers }: TimelineModel): Tile {
  if (leftovers === undefined) return { label: "Left behind", value: "–", detail: "not looked for yet", href: "#left" };
  const { checked, found } = leftovers;
  const detail = `looked at ${count(checked.length, "sort")} of things`;
  return found.length === 0
    ? { label: "Left behind", value: "nothing", detail, href: "#left", tone: "good" }
    : { label: "Left behind", value: count(found.length, "thing"), detail, href: "#left", tone: "bad" };
}
