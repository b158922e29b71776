import type { Statement } from "./policies.ts";

/** A policy as IAM shows it and takes it, without the engine. */
export interface PolicyJson {
  readonly Version: "2012-10-17";
  readonly Statement: readonly object[];
}

export function policyJson(statements: readonly Statement[]): PolicyJson {
  return { Version: "2012-10-17", Statement: statements.map(statementJson) };
}

function statementJson(statement: Statement): object {
  const { sid, effect = "Allow", actions, resources, federated, conditions = [] } = statement;
  const tests: Record<string, Record<string, string | readonly string[]>> = {};
  for (const [test, variable, ...values] of conditions) {
    tests[test] = { ...tests[test], [variable]: values.length === 1 ? (values[0] ?? "") : values };
  }
  return {
    Sid: sid,
    Effect: effect,
    ...(federated !== undefined && { Principal: { Federated: federated } }),
    Action: actions,
    // who may take on a role is said of that role
    ...(resources.length > 0 && { Resource: resources }),
    ...(conditions.length > 0 && { Condition: tests }),
  };
}
