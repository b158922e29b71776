import { count } from "../../kernel/text.ts";
import { plainText } from "../../report/markup.ts";
import type { RejectedRows } from "../../trace/trace.ts";

const mostCauses = 5;

/** What of a file was not used, by cause. */
export function rejectedText({ count: rows, causes }: RejectedRows): string[] {
  if (rows === 0) return [];
  const lines = causes.slice(0, mostCauses).map((each) => {
    const where =
      each.count === 1 ? `line ${each.firstLine}` : `${count(each.count, "row")}, first on line ${each.firstLine}`;
    return `rejected  ${where}: ${plainText(each.cause)}`;
  });
  const more = causes.length - mostCauses;
  return more > 0 ? [...lines, `rejected  and for ${count(more, "more cause")}`] : lines;
}
