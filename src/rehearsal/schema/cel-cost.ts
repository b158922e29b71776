import type { ASTNode } from "@marcbachmann/cel-js";

/** The largest list or object, and the longest text, within the values that a rule sees. */
export interface Sizes {
  readonly items: number;
  readonly text: number;
}

interface Estimate {
  readonly cost: number;
  /** The most elements, if it is a list or an object. */
  readonly size: number;
}

type Scope = ReadonlyMap<string, number>;

/** A million steps take about 0.2 s. */
export const costLimit = 5_000_000;

/** They go through a list or an object, with a variable for what is in it. */
export const macros = ["all", "exists", "exists_one", "map", "filter"];
/** Read a text from one end to the other, or make one. */
const scanning = ["matches", "find", "findAll", "split", "replace", "contains", "join", "format", "lowerAscii"];

/**
 * The most steps a rule can take on values of these sizes: what it is multiplied by each list that it goes through.
 * It is reckoned before the rule is evaluated, as an evaluation cannot be stopped.
 */
export function costOf(ast: ASTNode, { items, text }: Sizes): number {
  const growth = Math.min(20, (ast.input.match(/[+]|replace|join|format/g) ?? []).length);
  const context = { items, scan: Math.ceil((text * 2 ** growth) / 10) };
  return estimate(ast, new Map(), context).cost;
}

function estimate(node: ASTNode, scope: Scope, context: { items: number; scan: number }): Estimate {
  const of = (part: ASTNode, inner = scope) => estimate(part, inner, context);
  const all = (parts: readonly ASTNode[]) => parts.map((part) => of(part));
  switch (node.op) {
    case "value":
      return { cost: 1, size: 0 };
    case "id":
      return { cost: 1, size: scope.get(node.args) ?? context.items };
    case ".":
    case ".?":
      return summed([of(node.args[0])], context.items);
    case "!_":
    case "-_":
      return summed([of(node.args)], 0);
    case "call":
      return summed(all(node.args[1]), context.items);
    case "rcall":
      return estimateCall(node.args, scope, context);
    case "list":
      return summed(all(node.args), node.args.length);
    case "map":
      return summed(all(node.args.flat()), node.args.length);
    case "+": {
      const [left, right] = [of(node.args[0]), of(node.args[1])];
      return { cost: left.cost + right.cost + left.size + right.size + 1, size: left.size + right.size };
    }
    case "==":
    case "!=":
    case "in":
      return summed(all(node.args), context.items, context.items);
    default:
      return summed(all(node.args), 0);
  }
}

function estimateCall(
  [name, receiver, args]: readonly [string, ASTNode, ASTNode[]],
  scope: Scope,
  context: { items: number; scan: number },
): Estimate {
  const on = estimate(receiver, scope, context);
  const [first, ...rest] = args;
  if (name === "bind" && first?.op === "id" && rest[0] !== undefined && rest[1] !== undefined) {
    const bound = estimate(rest[0], scope, context);
    const body = estimate(rest[1], new Map([...scope, [first.args, bound.size]]), context);
    return { cost: bound.cost + body.cost, size: body.size };
  }
  if (macros.includes(name) && first?.op === "id") {
    const inner = new Map([...scope, [first.args, Math.max(context.items, on.size)]]);
    const body = rest.reduce((sum, part) => sum + estimate(part, inner, context).cost, 1);
    return { cost: on.cost + on.size * body, size: on.size };
  }
  const scan = scanning.includes(name) ? context.scan : 0;
  const size = name === "split" || name === "findAll" ? context.scan * 10 : context.items;
  return summed([on, ...args.map((part) => estimate(part, scope, context))], size, scan);
}

function summed(parts: readonly Estimate[], size: number, more = 0): Estimate {
  const largest = parts.reduce((most, part) => Math.max(most, part.size), size);
  return { cost: parts.reduce((sum, { cost }) => sum + cost, 1 + more), size: largest };
}
