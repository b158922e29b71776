/** A time axis: where a moment is, in percent of the width, and round moments to mark. */
export interface TimeAxis {
  percent(at: number): number;
  /** Moments to mark: evenly spaced, round when counted from the origin. */
  readonly ticks: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly origin: number;
}

const stepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/**
 * An axis with about `mostTicks` marks, counted from `origin` (default: its left edge). An empty span gets a second, so
 * that nothing divides by zero.
 */
export function timeAxis(from: number, to: number, mostTicks: number, origin = from): TimeAxis {
  const length = Math.max(1000, to - from);
  const step =
    stepsMs.find((ms) => length / ms <= mostTicks) ?? Math.ceil(length / mostTicks / 86_400_000) * 86_400_000;
  const first = origin + Math.ceil((from - origin) / step) * step;
  const number = Math.max(0, Math.floor((from + length - first) / step) + 1);
  return {
    from,
    to: from + length,
    origin,
    ticks: Array.from({ length: number }, (_, index) => first + index * step),
    percent: (at) => Math.min(100, Math.max(0, ((at - from) / length) * 100)),
  };
}

/** Round amounts from 0 to at least `most`: 1, 2 or 5 times a power of ten apart. */
export function amountTicks(most: number, wanted: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** A percentage as an attribute's value. */
export function percent(value: number): string {
  return `${Number(value.toFixed(3))}%`;
}

/** Where a mark's text goes: below its mark, inside the chart at both edges. On a narrow screen every other one goes. */
export function tickPlacement(axis: TimeAxis, tick: number, index: number) {
  const x = axis.percent(tick);
  const anchor = x < 4 ? "start" : x > 95 ? "end" : "middle";
  return { x: percent(x), anchor, class: index % 2 === 1 ? "tick odd" : "tick" };
}
