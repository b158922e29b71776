/** The rows of a text table as cells: one row a line, cells between spaces, empty lines left out. */
export function tableRows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim().split(/ +/));
}

/** Rows in groups: a line of two cells whose first is `heading` starts the group that its second names. */
export function tableGroups(text: string, heading: string): Map<string, string[][]> {
  const groups = new Map<string, string[][]>();
  let name = "";
  for (const cells of tableRows(text)) {
    if (cells[0] === heading) name = cells[1] ?? "";
    else groups.set(name, [...(groups.get(name) ?? []), cells]);
  }
  return groups;
}

/** The middle value, of an even number of values the mean of the two in the middle; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[sorted.length >> 1];
  const low = sorted[(sorted.length - 1) >> 1];
  return high === undefined || low === undefined ? undefined : (low + high) / 2;
}

/** A function whose result is computed at its first call and kept. */
export function lazy<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}
