import { timestamp } from "../../kernel/clock.ts";
import type { NodeModel } from "../../timeline/model-types.ts";
import { offsetText } from "../words.ts";

export interface Cell {
  readonly text: string;
  /** Relative to the report's folder. */
  readonly href?: string;
  readonly tone?: "good" | "bad" | "quiet";
  /** Shown when pointed at. */
  readonly title?: string;
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
  /** Long text that may break. */
  readonly wide?: boolean;
}

/** A table as data: the page and the Markdown file print the same one. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly foot?: readonly Cell[];
  readonly notes?: readonly string[];
}

export const dash: Cell = { text: "–", tone: "quiet" };

export function cell(text: string | undefined, tone?: Cell["tone"]): Cell {
  if (text === undefined || text === "") return dash;
  return tone === undefined ? { text } : { text, tone };
}

export const number = (title: string): Column => ({ title, numeric: true });

export function moment(at: number | undefined, start: number): Cell {
  return at === undefined ? dash : { text: offsetText(at - start), title: timestamp(at) };
}

export function offerText({ instanceType, capacityType, zone }: NodeModel): string {
  return [instanceType, capacityType, zone].filter(Boolean).join(" ");
}
