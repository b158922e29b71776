import { messageOf } from "../kernel/failure.ts";
import { didYouMean } from "../kernel/text.ts";
import type { Finding } from "../spec/issues.ts";
import { githubNames, runnerNames } from "./contexts.ts";
import { expressionPlaces, type Place } from "./expression-places.ts";
import { functions } from "./expressions/functions.ts";
import { type Expression, parts } from "./expressions/syntax.ts";
import { isStatusFunction, parseCondition, parseTemplate } from "./expressions/template.ts";
import type { WorkflowFile } from "./workflow-schema.ts";

/**
 * Everything wrong with a workflow's expressions: what cannot be read, and every name that means nothing. GitHub takes an
 * unknown name for nothing and goes on; a destroy that depends on a slip of the pen then never runs.
 */
export function expressionFindings(file: WorkflowFile): Finding[] {
  return expressionPlaces(file).flatMap((place) => placeFindings(place, file));
}

function placeFindings(place: Place, file: WorkflowFile): Finding[] {
  const { path, text, condition } = place;
  try {
    const roots = condition ? [parseCondition(text).expression] : parseTemplate(text);
    const all = roots.flatMap((root) => (typeof root === "string" ? [] : parts(root)));
    return all.flatMap((part) => partFindings(part, place, file));
  } catch (error) {
    return [{ path, expected: "an expression", got: messageOf(error) }];
  }
}

function partFindings(part: Expression, place: Place, file: WorkflowFile): Finding[] {
  if (part.kind === "context") return unknown(place, "a context that is known here", part.name, place.contexts);
  if (part.kind === "call") return callFindings(part, place);
  const path = part.kind === "property" ? pathOf(part) : [];
  return path.length === 0 ? [] : nameFindings(path, place, file);
}

function callFindings({ name, args }: Expression & { kind: "call" }, place: Place): Finding[] {
  if (isStatusFunction(name)) {
    if (place.condition && args.length === 0) return [];
    const expected = place.condition ? "no argument" : "a function that may stand here; status is asked in if: alone";
    return [{ path: place.path, expected, got: name }];
  }
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) return unknown(place, "a function that is known", name, Object.keys(functions));
  const fits = args.length >= known.least && args.length <= known.most;
  return fits ? [] : [{ path: place.path, expected: `another number of arguments`, got: `${name} of ${args.length}` }];
}

/** `needs`, `run`, `result` of `needs.run.result`; nothing for a path that is not written out. */
function pathOf(expression: Expression): string[] {
  if (expression.kind === "context") return [expression.name];
  if (expression.kind !== "property" || expression.name.kind !== "literal") return [];
  const before = pathOf(expression.of);
  return before.length === 0 ? [] : [...before, String(expression.name.value)];
}

type Path = readonly string[];

/** Each path is looked at once for each of its lengths: so every name is looked at once. */
function nameFindings(path: Path, place: Place, file: WorkflowFile): Finding[] {
  const known = knownNames(path, place, file);
  return known === undefined
    ? []
    : unknown(place, `a name of ${path.slice(0, -1).join(".")}`, path.at(-1) ?? "", known);
}

/** What the last name of a path may be; undefined where it may be anything. */
function knownNames(path: Path, place: Place, file: WorkflowFile): readonly string[] | undefined {
  const [context = "", first = ""] = path;
  const names = path.length === 2 ? firstNames(context, place, file) : undefined;
  if (names !== undefined || path.length === 2) return names;
  if (context === "needs") return ofNeeded(path, file.jobs[first]);
  if (context === "steps") return path.length === 3 ? ["outputs", "outcome", "conclusion"] : undefined;
  return undefined;
}

function firstNames(context: string, { job, steps }: Place, { on }: WorkflowFile): readonly string[] | undefined {
  const names: Readonly<Record<string, readonly string[]>> = {
    github: githubNames,
    runner: runnerNames,
    job: ["status"],
    inputs: Object.keys(on.workflow_dispatch?.inputs ?? {}),
    needs: job?.file.needs ?? [],
    steps,
  };
  return Object.hasOwn(names, context) ? names[context] : undefined;
}

function ofNeeded(path: Path, needed: WorkflowFile["jobs"][string] | undefined): readonly string[] | undefined {
  if (path.length === 3) return ["result", "outputs"];
  return path.length === 4 && path[2] === "outputs" ? Object.keys(needed?.outputs ?? {}) : undefined;
}

function unknown({ path }: Place, expected: string, name: string, known: readonly string[]): Finding[] {
  if (known.includes(name)) return [];
  const suggestion = didYouMean(name, known);
  const choice = known.length === 0 ? "there is none" : known.join(", ");
  return [{ path, expected: `${expected} (${choice})`, got: name, ...(suggestion !== undefined && { suggestion }) }];
}
