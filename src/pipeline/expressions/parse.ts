import { type Expression, ExpressionError, type Operator } from "./syntax.ts";
import { type Token, tokens } from "./tokens.ts";

/** Binds the loosest first. */
const levels: readonly (readonly Operator[])[] = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="]];

const constants = new Map<string, boolean | null | number>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
]);

/** Reads what stands between `${{` and `}}`. Fails with ExpressionError; object filters (`*`) are refused. */
export function parseExpression(text: string): Expression {
  const reader = new Reader(tokens(text), text);
  const expression = reader.binary(0);
  reader.end();
  return expression;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  #next = 0;

  constructor(all: readonly Token[], text: string) {
    this.#tokens = all;
    this.#text = text;
  }

  binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((sign) => this.#take(sign));
      if (operator === undefined) return left;
      left = { kind: "binary", operator, left, right: this.binary(level + 1) };
    }
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token !== undefined) throw this.#problem(`nothing is expected at ${JSON.stringify(String(token.value))}`);
  }

  #unary(): Expression {
    return this.#take("!") ? { kind: "not", of: this.#unary() } : this.#path(this.#primary());
  }

  /** `.name` and `[key]` behind a value, as many as there are. */
  #path(of: Expression): Expression {
    if (this.#take(".")) {
      const token = this.#tokens[this.#next];
      if (token?.kind !== "name") throw this.#problem("a name is expected after a dot");
      this.#next += 1;
      return this.#path({ kind: "property", of, name: { kind: "literal", value: token.value } });
    }
    if (!this.#take("[")) return of;
    const name = this.binary(0);
    this.#expect("]");
    return this.#path({ kind: "property", of, name });
  }

  #primary(): Expression {
    const token = this.#tokens[this.#next];
    this.#next += 1;
    if (token?.kind === "number" || token?.kind === "text") return { kind: "literal", value: token.value };
    if (token?.kind === "name") return this.#named(token.value);
    if (token?.value !== "(") throw this.#problem("a value is expected");
    const inner = this.binary(0);
    this.#expect(")");
    return inner;
  }

  #named(name: string): Expression {
    if (this.#take("(")) return { kind: "call", name, args: this.#arguments() };
    const constant = constants.get(name);
    return constant === undefined ? { kind: "context", name } : { kind: "literal", value: constant };
  }

  #arguments(): Expression[] {
    if (this.#take(")")) return [];
    const args = [this.binary(0)];
    while (this.#take(",")) args.push(this.binary(0));
    this.#expect(")");
    return args;
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "sign" || token.value !== sign) return false;
    this.#next += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#problem(`${JSON.stringify(sign)} is missing`);
  }

  #problem(what: string): ExpressionError {
    return new ExpressionError(`${what} in ${JSON.stringify(this.#text.trim())}`);
  }
}
