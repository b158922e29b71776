/**
 * The page's style. Colours are those of Okabe and Ito, which the colour-blind tell apart; each state also has a shape,
 * a sign or a word. Text has a contrast of at least 4.5 to 1 on its ground, in light and in dark.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --panel: #ffffff; --ink: #1b1d20; --quiet: #5b6169; --line: #e2e2dc; --grid: #ecece7;
  --good: #00694a; --bad: #a83c00; --link: #005a8f;
  --starting: #8cc8ec; --ready: #2f6d94; --leaving: #b9bdc2; --pending: #d9dadb; --running: #0072b2; --failing: #d55e00;
  --on-demand: #8a4f00; --always-on: #6b7078; --charges: #c9cdd2;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "Liberation Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131518; --panel: #1a1d21; --ink: #e4e6e8; --quiet: #a0a6ae; --line: #2c3036; --grid: #25292e;
    --good: #45c79a; --bad: #ff9661; --link: #7cc4f0;
    --starting: #2c5f80; --ready: #7fb4d6; --leaving: #5a6068; --pending: #41464d; --running: #3d9bd6; --failing: #e8762c;
    --on-demand: #e69f00; --always-on: #9aa0a8; --charges: #4a5058;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 28px 64px; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.quiet { color: var(--quiet); }
span.good, strong.good { color: var(--good); }
span.bad, strong.bad { color: var(--bad); }

header { margin-bottom: 28px; }
.run { margin: 0 0 10px; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
h1 { margin: 0; max-width: 34em; font-size: clamp(21px, 3.2vw, 30px); line-height: 1.28; font-weight: 500; letter-spacing: -0.012em; text-wrap: pretty; overflow-wrap: anywhere; }
.verdict { font-weight: 680; }
header.good .verdict { color: var(--good); }
header.bad .verdict { color: var(--bad); }

.tiles { display: grid; grid-template-columns: repeat(6, 1fr); border: 1px solid var(--line); border-radius: 8px; background: var(--panel); overflow: hidden; }
.tile { display: flex; flex-direction: column; gap: 1px; padding: 14px 16px 15px; color: inherit; text-decoration: none; min-width: 0; box-shadow: 1px 0 0 var(--line), 0 1px 0 var(--line); }
.tile:focus-visible { outline-offset: -3px; }
.tile:hover .label { text-decoration: underline; }
.tile .label { color: var(--quiet); font-size: 12.5px; }
.tile .value { font-size: 21px; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; color: var(--ink); }
.tile.good .value { color: var(--good); }
.tile.bad .value { color: var(--bad); }
.tile .detail { color: var(--quiet); font-size: 12px; line-height: 1.38; overflow-wrap: anywhere; }

.simulated { margin-top: 20px; padding: 2px 0 2px 16px; border-left: 3px solid var(--on-demand); font-size: 13.5px; }
.simulated p { margin: 0 0 4px; }
.simulated ul { margin: 0; padding: 0 0 0 18px; columns: 2; column-gap: 36px; color: var(--quiet); }
.simulated li { break-inside: avoid; }

section { margin-top: 46px; scroll-margin-top: 12px; }
h2 { margin: 0 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); font-size: 17px; font-weight: 640; letter-spacing: -0.005em; }
section > p { margin: 0 0 12px; font-size: 13.5px; }

.scroll { overflow-x: auto; margin: 0 0 10px; }
table { min-width: 46%; border-collapse: collapse; font-size: 13.5px; }
table.full { width: 100%; }
.unseen { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); }
.scroll { position: relative; }
caption { text-align: left; color: var(--quiet); font-size: 12.5px; padding: 2px 0 6px; }
th, td { padding: 6px 18px 6px 0; text-align: left; vertical-align: top; white-space: nowrap; border-bottom: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: 12.5px; }
.number { text-align: right; }
td.wide { white-space: normal; min-width: 13em; max-width: 38em; overflow-wrap: anywhere; }
tfoot th, tfoot td { border-bottom: 0; border-top: 1px solid var(--ink); font-weight: 640; }
.notes { margin: 0; padding: 0; list-style: none; color: var(--quiet); font-size: 12.5px; columns: 2; column-gap: 36px; }
.notes li { break-inside: avoid; padding: 1px 0 1px 12px; text-indent: -12px; overflow-wrap: anywhere; }

.card { margin: 0 0 12px; border: 1px solid var(--line); border-left: 3px solid var(--good); border-radius: 0 8px 8px 0; background: var(--panel); padding: 12px 16px; }
.card.bad { border-left-color: var(--failing); }
.card p { margin: 0; overflow-wrap: anywhere; }
.card pre { margin: 10px 0 2px; border: 0; padding: 0; background: none; }
pre { margin: 8px 0; padding: 12px 14px; max-height: 30em; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); font: 12.5px/1.5 var(--mono); }
details { border-bottom: 1px solid var(--line); padding: 7px 0; }
details p { margin: 8px 0 0; font-size: 13px; overflow-wrap: anywhere; }
summary { cursor: pointer; font-size: 13.5px; overflow-wrap: anywhere; }
.name { font-weight: 560; }

.gantt { font-size: 12.5px; }
.row { display: grid; grid-template-columns: 236px minmax(0, 1fr); align-items: center; column-gap: 14px; }
.row .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 22px; }
.pod-row .label { padding-left: 16px; }
.pod-row .name { font-weight: 400; }
.node-row { border-top: 1px solid var(--line); margin-top: 3px; padding-top: 3px; }
.phase-row + .pod-row, .phase-row + .node-row { margin-top: 4px; }
.axis-row { border-top: 1px solid var(--line); margin-top: 3px; }
svg { display: block; overflow: hidden; }
svg text { font: 12px var(--sans); fill: var(--quiet); font-variant-numeric: tabular-nums; }
.grid line { stroke: var(--grid); stroke-width: 1; }
.stroke { stroke: var(--quiet); stroke-width: 1; }
.phase { fill: var(--grid); }
rect.requested, rect.leaving, .key.leaving { fill: var(--leaving); background: var(--leaving); }
rect.starting, .key.starting { fill: var(--starting); background: var(--starting); }
rect.ready, .key.ready { fill: var(--ready); background: var(--ready); }
rect.pending { fill: var(--pending); }
.key.pending { background: var(--pending); }
rect.running, .key.running { fill: var(--running); background: var(--running); }
rect.running-failed, .key.running-failed { fill: var(--failing); background: var(--failing); }
svg .mark { font-weight: 700; fill: var(--good); }
svg .mark.failed, svg .mark.gone { fill: var(--bad); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 10px 0 14px; padding: 0; list-style: none; color: var(--quiet); font-size: 12.5px; }
.legend b { color: var(--ink); font-weight: 600; }
.key { display: inline-block; width: 14px; height: 9px; margin-right: 6px; border-radius: 1px; }

.chart { margin-bottom: 2px; }
.curves path { vector-effect: non-scaling-stroke; }
.area.charges, .key.charges { fill: var(--charges); background: var(--charges); }
.area.nodes, .key.nodes { fill: var(--running); background: var(--running); }
.line { fill: none; stroke-width: 1.5; }
.line.spent { stroke: var(--ink); }
.line.on-demand { stroke: var(--on-demand); stroke-dasharray: 6 4; }
.line.always-on { stroke: var(--always-on); stroke-dasharray: 1.5 3.5; stroke-width: 2; }
.key.on-demand, .key.always-on { height: 0; width: 18px; vertical-align: 4px; border-top: 2px dashed var(--on-demand); border-radius: 0; }
.key.always-on { border-top: 2px dotted var(--always-on); }

footer { margin-top: 52px; color: var(--quiet); font-size: 12.5px; overflow-wrap: anywhere; }

@media (max-width: 1000px) {
  .tiles { grid-template-columns: repeat(3, 1fr); }
}
@media (max-width: 720px) {
  main { padding: 22px 16px 44px; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .tile { padding: 11px 13px 12px; }
  .simulated ul, .notes { columns: 1; }
  section { margin-top: 36px; }
  .row { grid-template-columns: minmax(0, 1fr); }
  .pod-row .label { padding-left: 0; }
  th, td { padding-right: 13px; }
  .row .label { line-height: 17px; padding-top: 3px; }
  .axis-row .label, .tick.odd { display: none; }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #fff; --panel: #fff; --ink: #000; --quiet: #444; --line: #ccc; --grid: #e6e6e6; --good: #00583e; --bad: #8f3300; --link: #000;
    --starting: #8cc8ec; --ready: #2f6d94; --leaving: #b9bdc2; --pending: #d9dadb; --running: #0072b2; --failing: #d55e00;
    --on-demand: #8a4f00; --always-on: #6b7078; --charges: #c9cdd2;
  }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  @page { margin: 14mm 12mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  section { margin-top: 22pt; }
  h2, caption, summary { break-after: avoid; }
  .row, tr, .card, .tile, .chart, .tiles { break-inside: avoid; }
  .row { grid-template-columns: 170px minmax(0, 1fr); }
  .pod-row .label { padding-left: 16px; }
  .axis-row .label, .tick.odd { display: revert; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding-right: 8px; white-space: normal; }
  td.wide { min-width: 0; }
  th[scope="row"] { white-space: nowrap; }
  pre { max-height: 46em; overflow: hidden; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8pt; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; }
}
`;
