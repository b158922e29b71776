/** Limits beyond which a figure is a slip: 100,000 GPUs or nodes, seconds since 1970 until 2071. */
export const most = { gpus: 100_000, nodes: 100_000, cpus: 1e8, memoryGib: 1e9, seconds: 3.2e9 };

/** A column with a figure. */
export interface AmountCell {
  readonly name: string;
  readonly column: number;
  readonly limit: number;
  /** An empty cell spoils the row; unless told, it is NaN: not recorded. */
  readonly required?: boolean;
}

/** The figures of a row into `amounts`, in the order of `cells`; or what is wrong with the first bad one. */
export function readAmounts(
  fields: readonly string[],
  cells: readonly AmountCell[],
  amounts: Float64Array,
): string | undefined {
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i] as AmountCell;
    const text = cell.column < 0 ? "" : (fields[cell.column] ?? "");
    const value = text === "" ? Number.NaN : Number(text);
    if (!(value >= 0 && value <= cell.limit)) {
      const wrong = fault(text, value, cell);
      if (wrong !== undefined) return wrong;
    }
    amounts[i] = value;
  }
  return undefined;
}

/** Of a figure that is not within its limits; undefined for one that is not there and need not be. */
function fault(text: string, value: number, { name, limit, required }: AmountCell): string | undefined {
  if (isBlank(text)) return required === true ? `${name} is not recorded` : undefined;
  if (Number.isNaN(value)) return `${name} is not a number`;
  if (value < 0) return `${name} is negative`;
  return value === Number.POSITIVE_INFINITY ? `${name} is infinite` : `${name} is above ${limit}`;
}

/** Empty, or a word for a figure that nobody has. */
function isBlank(text: string): boolean {
  return ["", "na", "n/a", "none", "null"].includes(text.trim().toLowerCase());
}
