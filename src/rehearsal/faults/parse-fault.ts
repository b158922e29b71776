import * as v from "valibot";

import { Failure } from "../../kernel/failure.ts";
import { mapping, oneOf } from "../../spec/fields.ts";
import { findings } from "../../spec/issues.ts";
import { type Problem, pathText, problemText } from "../../spec/problems.ts";
import {
  type CommonValues,
  commonParameters,
  type FaultName,
  type FaultValues,
  faultKinds,
  faultNames,
} from "./fault-kinds.ts";
import type { Parameter } from "./parameters.ts";

/** A fault as it is asked for: `fault` names its kind, the rest are its parameters. */
export interface FaultSpec {
  readonly fault: FaultName;
  readonly [parameter: string]: unknown;
}

export interface ParsedFault<N extends FaultName = FaultName> {
  readonly spec: FaultSpec;
  readonly values: FaultValues<N> & CommonValues;
}

/** Reads what a command line, a file or a request asks for. Fails with every problem at once; `where` names its origin. */
export function parseFault(given: unknown, where = "fault"): ParsedFault {
  const name = v.safeParse(v.looseObject({ fault: oneOf(faultNames) }), given);
  const kind = name.success ? faultKinds[name.output.fault] : undefined;
  const parameters: Readonly<Record<string, Parameter<unknown>>> = { ...kind?.parameters, ...commonParameters };
  const entries = Object.fromEntries(Object.entries(parameters).map(([key, { schema }]) => [key, schema]));
  const whole = mapping({ fault: oneOf(faultNames), ...entries }, "a mapping with the fault's kind and parameters");
  const read = kind === undefined ? name : v.safeParse(whole, given);
  if (!read.success || kind === undefined) throw refused(read.issues ?? [], given, where);
  return { spec: given as FaultSpec, values: read.output as unknown as ParsedFault["values"] };
}

function refused(issues: readonly v.BaseIssue<unknown>[], given: unknown, where: string): Failure {
  const problems = findings(issues, given).map((found): Problem => ({ ...found, path: pathText(found.path) }));
  return new Failure("USAGE", `invalid fault in ${where}`, {
    problems: problems.map((problem) => problemText(problem, where)),
    fix: "aura rehearsal fault kinds",
  });
}
