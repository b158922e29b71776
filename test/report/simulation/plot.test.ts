import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { placeLabels } from "../../../src/report/simulation/labels.ts";
import { linearScale, logScale } from "../../../src/report/simulation/scale.ts";

const frame = { width: 400, height: 200 };
const mark = fc.record({
  x: fc.integer({ min: 0, max: 400 }),
  y: fc.integer({ min: 0, max: 200 }),
  text: fc.string({ minLength: 1, maxLength: 20 }),
});

describe("names beside marks", () => {
  test("never leave the frame and never cover each other", () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 20 }), (marks) => {
        const boxes = placeLabels(marks, frame).flatMap((placed, index) => {
          if (placed === undefined) return [];
          const width = (marks[index]?.text.length ?? 0) * 6.4;
          const left = placed.anchor === "start" ? placed.x : placed.x - (placed.anchor === "end" ? width : width / 2);
          return [{ left, right: left + width, top: placed.y - 10, bottom: placed.y + 3 }];
        });
        for (const box of boxes) {
          expect(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 200).toBe(true);
          for (const other of boxes) {
            const apart =
              box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
            expect(box === other || apart).toBe(true);
          }
        }
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  test("stand to the right where there is room", () => {
    expect(placeLabels([{ x: 100, y: 100, text: "aura" }], frame)).toEqual([{ x: 108, y: 104, anchor: "start" }]);
  });
});

describe("scales", () => {
  const amount = fc.double({ min: 1e-3, max: 1e7, noNaN: true });

  test("grow with the value and stay within the length", () => {
    fc.assert(
      fc.property(amount, amount, amount, amount, (a, b, c, d) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        for (const scale of [logScale(least, most, 500), linearScale(least, most, 500)]) {
          const [low, high] = [scale.at(Math.min(c, d)), scale.at(Math.max(c, d))];
          expect(low).toBeLessThanOrEqual(high + 1e-9);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(500 + 1e-9);
          expect(scale.ticks.length).toBeGreaterThan(1);
          expect(scale.ticks.length).toBeLessThan(15);
        }
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  test("hold nothing but zeros", () => {
    expect(linearScale(0, 0, 100).at(0)).toBe(0);
    expect(logScale(Number.POSITIVE_INFINITY, 0, 100).at(0)).toBe(0);
  });
});
