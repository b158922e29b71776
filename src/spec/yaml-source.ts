import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
  type YAMLError,
} from "yaml";

import { messageOf } from "../kernel/failure.ts";
import { type FieldPath, gotText, type Problem } from "./problems.ts";

/** A YAML document as plain values, and where each of them stands. */
export interface YamlSource {
  readonly value: unknown;
  /** The line of a field; of the nearest field around it when it is not there. Counted from 1. */
  lineOf(path: FieldPath): number;
  /** Every plain (unquoted) scalar, keys included, with its text as written. */
  plainScalars(): readonly PlainScalar[];
}

export interface PlainScalar {
  readonly text: string;
  readonly path: FieldPath;
  readonly line: number;
}

/** More aliases than any honest file has; far fewer than a billion laughs need. */
const maxAliasCount = 100;
const maxCharacters = 1_000_000;

/**
 * Reads YAML 1.2 (core schema: `no` and `on` are text, keys are unique). A syntax error is a problem, and then there
 * are no sources. Empty documents are left out.
 */
export function parseYaml(text: string): {
  readonly sources: readonly YamlSource[];
  readonly problems: readonly Problem[];
} {
  if (text.length > maxCharacters) {
    const got = `${text.length} characters`;
    return { sources: [], problems: [{ path: "", expected: `at most ${maxCharacters} characters`, got }] };
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: "1.2",
    schema: "core",
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const parsed = "empty" in documents ? [] : documents;
  const errors = parsed.flatMap((document) => [...document.errors, ...document.warnings]);
  if (errors.length > 0)
    return { sources: [], problems: onePerLine(errors.map((error) => syntaxProblem(error, text, lines))) };

  const sources: YamlSource[] = [];
  const problems: Problem[] = [];
  for (const document of parsed) {
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) continue;
    problems.push(...reservedKeys(document, lines));
    try {
      sources.push(sourceOf(document, document.toJS({ maxAliasCount }), lines));
    } catch (error) {
      // aliases are resolved here, and the library throws for the unknown and for the exploding ones
      problems.push({ path: "", expected: "valid YAML", got: sentence(messageOf(error)) });
    }
  }
  return { sources, problems };
}

const plainWords: Record<string, { readonly expected: string; readonly got?: string }> = {
  TAB_AS_INDENT: { expected: "spaces for indentation", got: "a tab" },
  DUPLICATE_KEY: { expected: "each key once" },
};

function syntaxProblem(error: YAMLError, text: string, lines: LineCounter): Problem {
  const words = plainWords[error.code];
  const start = error.pos[0];
  const key = /^[^\s:]*/.exec(text.slice(start))?.[0] ?? "";
  return {
    path: "",
    expected: words?.expected ?? "valid YAML",
    got: words === undefined ? sentence(error.message) : (words.got ?? `${gotText(key)} again`),
    line: lines.linePos(start).line,
  };
}

/** One slip makes the parser stumble several times: the first word on a line is the telling one. */
function onePerLine(problems: readonly Problem[]): Problem[] {
  const seen = new Set<number | undefined>();
  return problems.filter(({ line }) => !seen.has(line) && seen.add(line));
}

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Keys that mean something to JavaScript and nothing to us: they would be dropped without a word further on. */
function reservedKeys(document: Document, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || !["__proto__", "constructor", "prototype"].includes(String(pair.key.value))) return;
      const got = gotText(pair.key.value);
      problems.push({ path: "", expected: "another key", got, ...lineOfNode(pair.key, lines) });
    },
  });
  return problems;
}

function sourceOf(document: Document.Parsed, value: unknown, lines: LineCounter): YamlSource {
  return {
    value,
    lineOf(path) {
      const offset = offsetOf(document, path);
      return lines.linePos(offset).line;
    },
    plainScalars: () => plainScalars(document, lines),
  };
}

function plainScalars(document: Document.Parsed, lines: LineCounter): PlainScalar[] {
  const found: PlainScalar[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (node.type !== "PLAIN" || node.source === undefined) return;
      const path = pathOf(key === "key" ? ancestors.slice(0, -1) : [...ancestors, node]);
      found.push({ text: node.source, path, line: lineOfNode(node, lines).line ?? 1 });
    },
  });
  return found;
}

/** The keys and indexes that lead through these nodes, each of which holds the next. */
function pathOf(nodes: readonly unknown[]): FieldPath {
  return nodes.flatMap<string | number>((node, index) => {
    if (isPair(node) && isScalar(node.key)) return [String(node.key.value)];
    return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : [];
  });
}

function lineOfNode(node: Node, lines: LineCounter): { line?: number } {
  return node.range ? { line: lines.linePos(node.range[0]).line } : {};
}

/** Where the field, or the deepest field around it that exists, begins. */
function offsetOf(document: Document.Parsed, path: FieldPath): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const key of path) {
    const resolved = isAlias(node) ? node.resolve(document) : node;
    const step = stepInto(resolved, key);
    if (step === undefined) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset;
}

function stepInto(node: unknown, key: string | number): { node: unknown; offset: number | undefined } | undefined {
  if (isMap<ParsedNode, ParsedNode>(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
    return pair && { node: pair.value, offset: pair.key.range[0] };
  }
  if (isSeq<ParsedNode>(node) && typeof key === "number") {
    const item = node.items[key];
    return item && { node: item, offset: item.range[0] };
  }
  return undefined;
}
