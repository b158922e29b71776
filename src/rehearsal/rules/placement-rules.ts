import { arrayOr, type JsonObject, objectOr } from "../core/json.ts";
import { checkLabels, checkLabelValue, checkName } from "../core/metadata.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import {
  all,
  atLeast,
  type Check,
  expression,
  fields,
  filled,
  items,
  labelKey,
  labelSelector,
  must,
  oneOf,
} from "./checks.ts";

const effect = oneOf("NoSchedule", "PreferNoSchedule", "NoExecute");
const keyless = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

/** As the API server prints a type of its own, whose fields have Go's names. */
const asInGo = ({ key = "", operator = "", value = "", effect: given = "", tolerationSeconds = null }: JsonObject) => ({
  ...{ Key: key, Operator: operator, Value: value, Effect: given, TolerationSeconds: tolerationSeconds },
});

const tolerated: Check = (toleration, path) => {
  const { key, operator, value, effect: given, tolerationSeconds } = objectOr(toleration);
  const exists = operator === "Exists";
  const at = `${path}.operator`;
  const untimed = "effect must be 'NoExecute' when `tolerationSeconds` is set";
  return [
    ...(!key && !exists ? [problem.invalid(at, operator ?? "", keyless)] : []),
    ...(tolerationSeconds !== undefined && given !== "NoExecute"
      ? [problem.invalid(`${path}.effect`, given ?? "", untimed)]
      : []),
    ...(!exists && value ? checkLabelValue(at, value) : []),
    ...(exists && value
      ? [problem.invalid(at, asInGo(objectOr(toleration)), "value must be empty when `operator` is 'Exists'")]
      : []),
  ];
};

export const toleration = all(
  fields({ key: labelKey }),
  tolerated,
  fields({ operator: oneOf("Equal", "Exists"), effect }),
);

/** Refuses items whose pair of fields came before: `text` is what they are known by. */
function distinct(
  text: (item: JsonObject) => string,
  refuse: (path: string, item: JsonObject, text: string) => Problem,
): Check {
  return (list, path) => {
    const texts = arrayOr(list).map(text);
    return arrayOr(list).flatMap((item, index) =>
      texts.indexOf(texts[index] ?? "") < index ? [refuse(`${path}[${index}]`, item, texts[index] ?? "")] : [],
    );
  };
}

export const taints = all(
  items(
    fields({
      key: filled(labelKey),
      value: (value, path, { key }) => (value ? checkLabels(path, { [String(key)]: value }) : []),
      effect: filled(effect),
    }),
  ),
  distinct(
    ({ key, effect: given }) => `${key}:${given}`,
    (path, { key, value, effect: given }) =>
      problem.duplicate(path, { Key: key, Value: value ?? "", Effect: given, TimeAdded: null }),
  ),
);

const [hard, soft] = [
  "requiredDuringSchedulingIgnoredDuringExecution",
  "preferredDuringSchedulingIgnoredDuringExecution",
];
const weight = must((value) => Number(value) >= 1 && Number(value) <= 100, "must be in the range 1-100");
const oneName = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
const nodeTerm = fields({
  matchExpressions: items(expression("Gt", "Lt")),
  matchFields: items(
    fields({
      operator: oneOf("In", "NotIn"),
      values: (values, path) => (arrayOr(values).length === 1 ? [] : [problem.required(path, oneName)]),
      key: (key, path) =>
        key === "metadata.name" ? [] : [problem.invalid(path, key ?? "", "not a valid field selector key")],
    }),
  ),
});
const someTerm: Check = (terms, path) =>
  arrayOr(terms).length > 0 ? [] : [problem.required(path, "must have at least one node selector term")];

const topologyKey = filled(labelKey, "can not be empty");
const podTerm = fields({
  labelSelector,
  namespaces: (names, path) =>
    arrayOr(names).flatMap((name) => checkName(path.replace(/s$/, ""), String(name), "label")),
  topologyKey,
});
const podAffinity = fields({
  [hard]: items(podTerm),
  [soft]: items(fields({ weight, podAffinityTerm: podTerm })),
});

export const affinity = fields({
  nodeAffinity: fields({
    [hard]: fields({ nodeSelectorTerms: all(someTerm, items(nodeTerm)) }),
    [soft]: items(fields({ weight, preference: nodeTerm })),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
});

export const topologySpreadConstraints = all(
  items(
    fields({
      maxSkew: must((skew) => Number(skew) > 0, "must be greater than zero"),
      topologyKey,
      whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
      minDomains: atLeast(1),
      labelSelector,
    }),
  ),
  distinct(
    ({ topologyKey: key, whenUnsatisfiable }) => `{${key}, ${whenUnsatisfiable}}`,
    (path, _, name) => problem.duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, name),
  ),
);
