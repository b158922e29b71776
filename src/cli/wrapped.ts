import type { OutputStream } from "./context.ts";

/** Less room than this beside a label is worse than none. */
const narrowest = 24;
/** Lines with something to paste: a break within would go with it. */
const pasted = /^ *(fix|next|or|stop|left|report|-|npx|npm|mkdir|tofu|terraform|git|gh) /;

/**
 * Text for people as a stream shows it: on a terminal, lines that are too long go on below where their last column
 * begins, instead of anywhere. What is to be pasted stays one line, and what nobody watches stays as it is.
 */
export function wrapped(text: string, { isTTY, columns }: OutputStream): string {
  if (isTTY !== true || !columns) return text;
  return text
    .split("\n")
    .flatMap((line) => (line.length <= columns || pasted.test(line) ? line : wrappedLine(line, columns)))
    .join("\n");
}

function wrappedLine(line: string, width: number): string[] {
  const hang = hangOf(line, width);
  const lines = [line.slice(0, hang)];
  let isNew = true;
  for (const word of line.slice(hang).split(" ")) {
    const last = lines.at(-1) ?? "";
    if (!isNew && last.length + 1 + word.length > width) {
      lines.push(" ".repeat(hang) + word);
      continue;
    }
    lines[lines.length - 1] = isNew ? last + word : `${last} ${word}`;
    isNew = false;
  }
  return lines;
}

/** Where the last column begins: after the last two blanks, or after `error:`. */
function hangOf(line: string, width: number): number {
  const starts = [...line.matchAll(/ {2,}(?=\S)|^error: /g)].map((gap) => gap.index + gap[0].length);
  return starts.findLast((start) => start <= width - narrowest) ?? 0;
}
