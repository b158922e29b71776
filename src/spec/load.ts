import { basename, dirname } from "node:path";
import * as v from "valibot";

import { inconsistencies } from "./consistency.ts";
import type { Environment } from "./environment.ts";
import { type Finding, findings } from "./issues.ts";
import type { Known } from "./known.ts";
import { invalid, type Problem, pathText } from "./problems.ts";
import { resolve } from "./resolve.ts";
import { type EnvironmentFile, environmentSchema } from "./schema.ts";
import { type Layered, layer, type Overrides } from "./settings.ts";
import { parseYaml, type YamlSource } from "./yaml-source.ts";

export interface LoadOptions {
  /** The absolute path of the file; paths in it start at its folder. */
  readonly path: string;
  readonly text: string;
  /** Environment variables; `AURA_…` ones override the file (see env.example). */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly known: Known;
  /** What the command line says; overrides the variables. */
  readonly overrides?: Overrides;
}

/**
 * The environment that a file, variables and options describe, in that order of precedence from low to high.
 * Throws one Failure(SPEC_INVALID) whose details name every problem.
 */
export function loadEnvironment(options: LoadOptions): Environment {
  const { path, text, variables, known, overrides = {} } = options;
  const { source, problems } = readSource(path, text);
  const layers = layer(source.value, variables, overrides);
  const parsed = v.safeParse(environmentSchema(known), layers.value, { abortPipeEarly: true });
  const found = findings(parsed.issues ?? [], layers.value);
  // rules skip what was found wrong, so the parts they read have the type the schema gives them
  const strange = inconsistencies(parsed.output as EnvironmentFile | undefined, known, found);
  const all = [...problems, ...[...found, ...strange].map((finding) => located(finding, source, layers))];
  if (all.length > 0) throw failure(path, all);
  return resolve(parsed.output as EnvironmentFile, known, dirname(path));
}

/** An empty file is an empty mapping: the schema then says what is missing. */
const emptySource: YamlSource = { value: {}, lineOf: () => 1, plainScalars: () => [] };

function readSource(path: string, text: string): { source: YamlSource; problems: readonly Problem[] } {
  const { sources, problems } = parseYaml(text);
  const [source = emptySource, second] = sources;
  if (source === emptySource && problems.length > 0) throw failure(path, problems);
  if (second === undefined) return { source, problems };
  const got = `${sources.length} of them`;
  throw failure(path, [...problems, { path: "", expected: "one YAML document", got, line: second.lineOf([]) }]);
}

function located(finding: Finding, source: YamlSource, layers: Layered): Problem {
  const origin = layers.originOf(finding.path);
  return {
    ...finding,
    path: pathText(finding.path),
    ...(origin === undefined ? { line: source.lineOf(finding.path) } : { origin }),
  };
}

function failure(path: string, problems: readonly Problem[]) {
  return invalid("SPEC_INVALID", "environment", problems, {
    file: basename(path),
    path,
    fix: "correct the places named above; docs/reference/aura.schema.json describes every field, and editors check against it",
  });
}
