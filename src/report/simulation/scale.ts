import { amountTicks } from "../charts/axis.ts";

/** Where a value is along an axis of a length, and values to mark. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** From 0 on, or from a mark below the least where that leaves out nearly half of the axis. */
export function linearScale(least: number, most: number, length: number): Scale {
  const all = amountTicks(most, 6);
  const from = all.findLastIndex((tick) => tick <= 0.95 * least);
  const ticks = all.slice(2 * from > all.length - 2 ? from : 0);
  const [bottom = 0, top = 1] = [ticks[0], ticks.at(-1)];
  return { ticks, at: (value) => ((Math.min(Math.max(bottom, value), top) - bottom) / (top - bottom || 1)) * length };
}

/** Whole powers of ten at both ends where values span several, else 1, 2 and 5 times one. */
export function logScale(least: number, most: number, length: number): Scale {
  const top = most > 0 && most < Number.POSITIVE_INFINITY ? most : 1;
  const marks = marksFrom(least > 0 && least <= top ? least : top / 10, top);
  const [first = 1, last = 10] = [marks[0], marks.at(-1)];
  const span = Math.log(last / first) || 1;
  const at = (value: number) => (Math.log(Math.min(Math.max(value, first), last) / first) / span) * length;
  const decades = marks.filter((mark) => Math.abs(Math.log10(mark) % 1) < 1e-9);
  return { at, ticks: decades.length > 3 ? decades : marks };
}

function marksFrom(least: number, most: number): number[] {
  const marks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power += 1) {
    for (const factor of [1, 2, 5]) marks.push(Number((factor * 10 ** power).toPrecision(3)));
  }
  const from = marks.findLastIndex((mark) => mark <= least);
  const to = marks.findIndex((mark) => mark >= most && mark > (marks[from] ?? 0));
  return marks.slice(Math.max(0, from), to === -1 ? undefined : to + 1);
}
