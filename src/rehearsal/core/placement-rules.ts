import { atLeast, checkExpression, checkSelector, each, oneOf, required } from "./checks.ts";
import { arrayOr, type JsonObject, objectOr } from "./json.ts";
import { checkKey, checkLabels, checkLabelValue, checkName } from "./metadata.ts";
import { type Problem, problem } from "./status-errors.ts";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** What a pod spec says about nodes, as core/validation words it: affinity and spread constraints. */
export function checkPlacement(spec: JsonObject, path: string): Problem[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = objectOr(spec["affinity"]);
  return [
    ...checkNodeAffinity(objectOr(nodeAffinity), `${path}.affinity.nodeAffinity`),
    ...checkPodAffinity(objectOr(podAffinity), `${path}.affinity.podAffinity`),
    ...checkPodAffinity(objectOr(podAntiAffinity), `${path}.affinity.podAntiAffinity`),
    ...checkSpread(spec["topologySpreadConstraints"], `${path}.topologySpreadConstraints`),
  ];
}

export function checkToleration(
  { key, operator, value, effect, tolerationSeconds }: JsonObject,
  path: string,
): Problem[] {
  const exists = operator === "Exists";
  const keyless = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
  const untimed = "effect must be 'NoExecute' when `tolerationSeconds` is set";
  return [
    ...(key ? checkKey(`${path}.key`, String(key)) : []),
    ...(!key && !exists ? [problem.invalid(`${path}.operator`, operator ?? "", keyless)] : []),
    ...(tolerationSeconds !== undefined && effect !== "NoExecute"
      ? [problem.invalid(`${path}.effect`, effect ?? "", untimed)]
      : []),
    ...(exists || !value ? [] : checkLabelValue(`${path}.operator`, value)),
    ...(exists && value
      ? [problem.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")]
      : []),
    ...oneOf(operator || undefined, `${path}.operator`, ["Equal", "Exists"]),
    ...oneOf(effect || undefined, `${path}.effect`, effects),
  ];
}

export function checkTaints(taints: unknown, path: string): Problem[] {
  const marks = arrayOr(taints).map(({ key, effect }) => `${key}:${effect}`);
  return each(taints, path, ({ key, value, effect }, field) => [
    ...(key ? checkKey(`${field}.key`, String(key)) : [problem.required(`${field}.key`)]),
    ...(value ? checkLabels(`${field}.value`, { [String(key)]: value }) : []),
    ...(effect ? oneOf(effect, `${field}.effect`, effects) : [problem.required(`${field}.effect`)]),
    ...(`${path}[${marks.indexOf(`${key}:${effect}`)}]` === field
      ? []
      : [problem.duplicate(field, { key, value, effect })]),
  ]);
}

function checkNodeAffinity(affinity: JsonObject, path: string): Problem[] {
  const hard = affinity["requiredDuringSchedulingIgnoredDuringExecution"];
  const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  const terms = objectOr(hard)["nodeSelectorTerms"];
  const soft = "preferredDuringSchedulingIgnoredDuringExecution";
  return [
    ...(hard !== undefined && arrayOr(terms).length === 0
      ? [problem.required(at, "must have at least one node selector term")]
      : []),
    ...each(terms, at, checkTerm),
    ...each(affinity[soft], `${path}.${soft}`, ({ weight, preference }, field) => [
      ...checkWeight(weight, `${field}.weight`),
      ...checkTerm(objectOr(preference), `${field}.preference`),
    ]),
  ];
}

function checkTerm({ matchExpressions, matchFields }: JsonObject, path: string): Problem[] {
  return [
    ...each(matchExpressions, `${path}.matchExpressions`, (one, field) => checkExpression(one, field, ["Gt", "Lt"])),
    ...each(matchFields, `${path}.matchFields`, ({ key, operator, values }, field) => [
      ...oneOf(operator, `${field}.operator`, ["In", "NotIn"]),
      ...(arrayOr(values).length === 1
        ? []
        : [
            problem.required(
              `${field}.values`,
              "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
            ),
          ]),
      ...(key === "metadata.name" ? [] : [problem.invalid(`${field}.key`, key, "not a valid field selector key")]),
    ]),
  ];
}

function checkPodAffinity(affinity: JsonObject, path: string): Problem[] {
  const [hard, soft] = [
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
  ];
  return [
    ...each(affinity[hard], `${path}.${hard}`, checkAffinityTerm),
    ...each(affinity[soft], `${path}.${soft}`, ({ weight, podAffinityTerm }, field) => [
      ...checkWeight(weight, `${field}.weight`),
      ...checkAffinityTerm(objectOr(podAffinityTerm), `${field}.podAffinityTerm`),
    ]),
  ];
}

function checkAffinityTerm({ topologyKey, labelSelector, namespaces }: JsonObject, path: string): Problem[] {
  return [
    ...checkSelector(labelSelector, `${path}.labelSelector`),
    ...arrayOr<unknown>(namespaces).flatMap((name) => checkName(`${path}.namespace`, String(name), "label")),
    ...required(topologyKey, `${path}.topologyKey`, "can not be empty"),
    ...(topologyKey ? checkKey(`${path}.topologyKey`, String(topologyKey)) : []),
  ];
}

function checkWeight(weight: unknown, field: string): Problem[] {
  const fits = Number(weight) >= 1 && Number(weight) <= 100;
  return fits ? [] : [problem.invalid(field, weight ?? 0, "must be in the range 1-100")];
}

function checkSpread(constraints: unknown, path: string): Problem[] {
  const names = arrayOr(constraints).map((one) => `{${one["topologyKey"]}, ${one["whenUnsatisfiable"]}}`);
  return each(constraints, path, (one, field) => {
    const { maxSkew = 0, topologyKey, whenUnsatisfiable, labelSelector, minDomains } = one;
    const name = `{${topologyKey}, ${whenUnsatisfiable}}`;
    return [
      ...(Number(maxSkew) > 0 ? [] : [problem.invalid(`${field}.maxSkew`, maxSkew, "must be greater than zero")]),
      ...required(topologyKey, `${field}.topologyKey`, "can not be empty"),
      ...(topologyKey ? checkKey(`${field}.topologyKey`, String(topologyKey)) : []),
      ...oneOf(whenUnsatisfiable ?? "", `${field}.whenUnsatisfiable`, ["DoNotSchedule", "ScheduleAnyway"]),
      ...(`${path}[${names.indexOf(name)}]` === field
        ? []
        : [problem.duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, name)]),
      ...atLeast(minDomains, `${field}.minDomains`, 1),
      ...checkSelector(labelSelector, `${field}.labelSelector`),
    ];
  });
}
