import { Failure } from "../../kernel/failure.ts";
import type { RejectedRows } from "../trace.ts";
import { csvRow } from "./csv-row.ts";
import type { ReadContent, ReadContext, RowReader } from "./format.ts";
import { phillyLog } from "./formats/philly.ts";
import { jsonEntries } from "./json-entries.ts";
import { formatOf } from "./known-formats.ts";
import { lineSplitter, type TextSink } from "./lines.ts";
import { newRejections, type Rejections } from "./rejections.ts";

export interface ReadOptions extends Omit<ReadContext, "column"> {}

/** What a file holds: a trace of jobs, of request rates, or a list of nodes; and what of it could not be used. */
export type ReadTrace = ReadContent & {
  /** Such as `Aura job CSV`. */
  readonly format: string;
  readonly rejected: RejectedRows;
};

export interface TraceReader {
  push(chunk: string): void;
  /** Throws a Failure where there is no usable row. */
  finish(): ReadTrace;
}

/** A file of which nearly all of the first rows are bad is not what it seems: no need to read on. */
const hopeless = 100_000;

/** Reads text in chunks: JSON when it starts like it, else CSV. */
export function newTraceReader(options: ReadOptions): TraceReader {
  const rejections = newRejections();
  let opened: Opened | undefined;
  let beginning = "";
  return {
    push(chunk) {
      if (opened !== undefined) return opened.sink.push(chunk);
      beginning += chunk;
      if (!/[^\s\uFEFF]/.test(beginning) && beginning.length < 1 << 20) return;
      opened = opener(beginning)(options, rejections);
      opened.sink.push(beginning);
    },
    finish() {
      opened?.sink.end();
      const content = opened?.finish();
      if (content === undefined) throw nothingIn(options.name, rejections);
      return { ...content.content, format: content.format, rejected: rejections.summary() };
    },
  };
}

interface Opened {
  readonly sink: TextSink;
  /** Undefined when no row could be used. */
  finish(): { readonly content: ReadContent; readonly format: string } | undefined;
}

function opener(chunk: string): (options: ReadOptions, rejections: Rejections) => Opened {
  return /^\uFEFF?\s*[[{]/.test(chunk) ? openJson : openCsv;
}

function openJson(options: ReadOptions, rejections: Rejections): Opened {
  const reader = phillyLog({ ...options, column: () => -1 });
  const tally = newTally(options.name, rejections);
  const sink = jsonEntries(options.name, (text, line) => tally.count(reader.entry(text), line));
  const format = "Philly cluster_job_log";
  return { sink, finish: () => (tally.good > 0 ? { content: reader.finish(), format } : undefined) };
}

function openCsv(options: ReadOptions, rejections: Rejections): Opened {
  const tally = newTally(options.name, rejections);
  let rows: (RowReader & { readonly width: number; readonly format: string }) | undefined;
  const sink = lineSplitter(options.name, (line, number) => {
    if (rows === undefined && line === "") return;
    if (rows === undefined) rows = openRows(line, options);
    else tally.count(takeRow(rows, line), number);
  });
  return {
    sink,
    finish: () => (rows !== undefined && tally.good > 0 ? { content: rows.finish(), format: rows.format } : undefined),
  };
}

function openRows(line: string, options: ReadOptions) {
  const { name } = options;
  if (line.includes("\0")) throw notText(name);
  const row = csvRow(line.replace(/^\uFEFF/, ""));
  const header = typeof row === "string" ? [line] : row.map((cell) => cell.trim());
  const format = formatOf(header, name);
  const reader = format.open({ ...options, column: (column) => header.indexOf(column) });
  return { ...reader, width: header.length, format: format.name };
}

function takeRow(rows: RowReader & { readonly width: number }, line: string): string | undefined {
  if (line === "") return "is blank";
  const fields = csvRow(line);
  if (typeof fields === "string") return fields;
  return fields.length === rows.width ? rows.row(fields) : `does not have ${rows.width} columns`;
}

function newTally(file: string, rejections: Rejections) {
  let good = 0;
  return {
    get good() {
      return good;
    },
    count(wrong: string | undefined, line: number) {
      if (wrong === undefined) good += 1;
      else rejections.reject(wrong, line);
      if (rejections.count >= hopeless && rejections.count > 100 * good) throw nothingIn(file, rejections);
    },
  };
}

function nothingIn(file: string, rejections: Rejections): Failure {
  if (rejections.count === 0) {
    return new Failure("FILE_INVALID", `${file} has no rows`, {
      where: file,
      why: "it is empty, or has only a header",
    });
  }
  return new Failure("FILE_INVALID", `${file} has no row that can be used`, {
    where: file,
    why: `${rejections.count} rows were looked at, and are bad`,
    problems: rejections
      .summary()
      .causes.map(({ cause, count, firstLine }) => `line ${firstLine} ${cause} (${count} of them)`),
  });
}

function notText(file: string): Failure {
  return new Failure("FILE_INVALID", `${file} is not text`, {
    where: `${file}:1`,
    why: "it has zero bytes: an archive, a spreadsheet, or UTF-16",
    fix: "unpack it, or save it as CSV in UTF-8; gzip is unpacked as it is read",
  });
}
