/** Of plots, wherever they stand; the colours are those of the page. */
const marks = `
.plot text { font: 12px var(--sans); fill: var(--quiet); }
.plot .title { font-size: 12.5px; }
.plot .mark text { fill: var(--ink); paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
.mark.aura circle { fill: var(--running); }
.plot .mark.aura text, .plot text.aura { fill: var(--link); font-weight: 650; }
.mark.best path { fill: var(--failing); }
.plot .mark.best text, .plot text.best { fill: var(--bad); }
.mark.baseline rect { fill: var(--always-on); }
.mark.hindsight path { fill: var(--ground); stroke: var(--ink); stroke-width: 1.5; }
.front { fill: none; stroke: var(--running); stroke-width: 1.5; stroke-dasharray: 5 4; opacity: .7; }
.curve path { fill: none; stroke-width: 1.8; stroke: var(--always-on); }
.curve circle { fill: var(--always-on); }
.curve.aura path { stroke: var(--running); stroke-width: 2.4; }
.curve.aura circle { fill: var(--running); }
.curve.best path { stroke: var(--failing); }
.curve.best circle { fill: var(--failing); }
.curve.hindsight path { stroke: var(--ink); stroke-dasharray: 2 4; }
.curve.hindsight circle { fill: var(--ink); }
`;

export const simulationStyle = `${marks}
.tiles.four { grid-template-columns: repeat(4, 1fr); }
.plot { max-width: none; }
@media (max-width: 720px) { .tiles.four { grid-template-columns: repeat(2, 1fr); } }
`;

/** Of a picture that stands alone. */
export const pictureStyle = `
svg { --ground: #fbfbf9; --ink: #1b1d20; --quiet: #5b6169; --grid: #ecece7; --bad: #a83c00; --link: #005a8f; --running: #0072b2; --failing: #d55e00; --always-on: #6b7078; --sans: system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.ground { fill: var(--ground); }
.grid line { stroke: var(--grid); }
${marks}`;
