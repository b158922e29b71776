import { Failure } from "../kernel/failure.ts";
import { isSatisfiable, requirementsOf } from "./requirements.ts";
import type { Resources } from "./resources.ts";
import type { PlanPod, PlanPool, ProvisionInput, Requirement } from "./types.ts";

const listed = ["In", "NotIn"];
const present = ["Exists", "DoesNotExist"];
const bounds = ["Gt", "Lt", "Gte", "Lte"];
const operators = [...listed, ...present, ...bounds];

/**
 * Throws one SPEC_INVALID that names every field which no plan can be made from: unknown operators, values that do not
 * suit them, contradictory requirements of a pool, amounts that are negative or no number, minValues nobody can satisfy.
 */
export function checkInput({ pods, pools, daemonOverhead }: ProvisionInput): void {
  const problems = [
    ...pools.flatMap(poolProblems),
    ...amountProblems("daemonOverhead", daemonOverhead),
    ...pods.flatMap(podProblems),
  ];
  const [first] = problems;
  if (first === undefined) return;
  const where = first.slice(0, first.indexOf(": "));
  throw new Failure("SPEC_INVALID", `cannot plan: ${first}`, { where, problems });
}

function poolProblems(pool: PlanPool): string[] {
  const where = `pools[${pool.name}]`;
  const own = pool.requirements.flatMap((one, index) => requirementProblems(`${where}.requirements[${index}]`, one));
  if (own.length > 0) return own;
  const contradictory = [...requirementsOf(pool.requirements)].filter(([, set]) => !isSatisfiable(set));
  return [
    ...contradictory.map(([key]) => `${where}.requirements: nothing satisfies all that is required of ${key}`),
    ...amountProblems(`${where}.limits`, pool.limits),
    ...amountProblems(`${where}.used`, pool.used),
  ];
}

/** Only what is there is looked at: most pods have nothing but requests. */
function podProblems(pod: PlanPod): string[] {
  const where = `pods[${pod.name}]`;
  const problems = amountProblems(`${where}.requests`, pod.requests);
  if (pod.alternatives.length === 0) problems.push(`${where}.alternatives: must have at least one list`);
  for (const [number, list] of pod.alternatives.entries()) {
    for (const [index, one] of list.entries()) {
      problems.push(...requirementProblems(`${where}.alternatives[${number}][${index}]`, one));
    }
  }
  for (const { topologyKey, maxSkew, minDomains = 1 } of pod.spread ?? []) {
    if (!(maxSkew >= 1)) problems.push(`${where}.spread[${topologyKey}].maxSkew: must be at least 1, is ${maxSkew}`);
    if (!(minDomains >= 1))
      problems.push(`${where}.spread[${topologyKey}].minDomains: must be at least 1, is ${minDomains}`);
  }
  return problems;
}

function requirementProblems(where: string, { operator, values = [], minValues }: Requirement): string[] {
  if (!operators.includes(operator)) return [`${where}.operator: ${operator} is none of ${operators.join(", ")}`];
  const text = `${values.length} values`;
  if (operator === "In" && values.length === 0) return [`${where}.values: In needs at least one`];
  if (present.includes(operator) && values.length > 0) return [`${where}.values: ${operator} takes none, has ${text}`];
  if (bounds.includes(operator) && !(values.length === 1 && /^\d+$/.test(values[0] ?? "")))
    return [`${where}.values: ${operator} takes one whole number, has ${values.join(", ") || "none"}`];
  if (minValues !== undefined && operator === "In" && minValues > values.length)
    return [`${where}.minValues: ${minValues} is more than its ${text}`];
  return [];
}

function amountProblems(where: string, amounts: Resources): string[] {
  const problems: string[] = [];
  for (const name in amounts) {
    const amount = amounts[name] ?? 0;
    if (!(amount >= 0 && Number.isFinite(amount))) problems.push(`${where}.${name}: must be an amount, is ${amount}`);
  }
  return problems;
}
