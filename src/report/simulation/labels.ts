/** A mark with a name that is to stand beside it. */
export interface Marked {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Width of a letter and height of a line, at 12 px. */
const letter = 6.4;
const line = 13;

/**
 * Where names go so that none covers another or a mark: beside, above or below its mark, the first place that is free.
 * Undefined where none is: the table has it. Names that come first choose first.
 */
export function placeLabels(
  marks: readonly Marked[],
  frame: { readonly width: number; readonly height: number },
): readonly (Placed | undefined)[] {
  const taken: Box[] = marks.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return marks.map((mark, index) => {
    const others = taken.filter((_, other) => other !== index);
    const place = candidates(mark).find((each) => {
      const box = boxOf(each, mark.text);
      const isInside = box.left >= 0 && box.right <= frame.width && box.top >= 0 && box.bottom <= frame.height;
      return isInside && !others.some((other) => overlap(box, other));
    });
    if (place !== undefined) taken.push(boxOf(place, mark.text));
    return place;
  });
}

function candidates({ x, y }: Marked): Placed[] {
  return [
    { x: x + 8, y: y + 4, anchor: "start" },
    { x: x - 8, y: y + 4, anchor: "end" },
    { x, y: y - 9, anchor: "middle" },
    { x, y: y + 18, anchor: "middle" },
    { x: x + 7, y: y - 8, anchor: "start" },
    { x: x + 7, y: y + 16, anchor: "start" },
    { x: x - 7, y: y - 8, anchor: "end" },
    { x: x - 7, y: y + 16, anchor: "end" },
    { x: x + 8, y: y - 20, anchor: "start" },
    { x: x + 8, y: y + 28, anchor: "start" },
  ];
}

function boxOf({ x, y, anchor }: Placed, text: string): Box {
  const width = text.length * letter;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - line + 3, bottom: y + 3 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
