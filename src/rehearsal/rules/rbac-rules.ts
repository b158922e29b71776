import type { AnyObject } from "../../cluster/objects.ts";
import { arrayOr, equal, objectOr } from "../core/json.ts";
import { problem } from "../core/status-errors.ts";
import { type Check, checkOf, fields, items, needed, oneOf } from "./checks.ts";

const group = "rbac.authorization.k8s.io";
const warnings = ({ kind }: AnyObject): string[] => [
  `${kind}s are kept but not enforced in the rehearsal: whoever has its token may do everything`,
];

const rule: Check = (value, path) => {
  const { verbs, apiGroups, resources, nonResourceURLs } = objectOr(value);
  const none = (list: unknown) => arrayOr(list).length === 0;
  const isUrl = !none(nonResourceURLs);
  const needs = (field: string, what: string) => problem.required(`${path}.${field}`, what);
  return [
    ...(none(verbs) ? [needs("verbs", "verbs must contain at least one value")] : []),
    ...(!isUrl && none(apiGroups) ? [needs("apiGroups", "resource rules must supply at least one api group")] : []),
    ...(!isUrl && none(resources) ? [needs("resources", "resource rules must supply at least one resource")] : []),
  ];
};

export const roleRules = { check: checkOf({ rules: items(rule) }), warnings };

const subject = fields({
  name: needed(),
  kind: oneOf("ServiceAccount", "User", "Group"),
  namespace: (namespace, path, { kind }) => (kind === "ServiceAccount" && !namespace ? [problem.required(path)] : []),
});

const bindingRules = (...roles: readonly string[]) => ({
  prepare(binding: AnyObject): void {
    for (const one of arrayOr(binding["subjects"]))
      if (!one["apiGroup"] && ["User", "Group"].includes(String(one["kind"]))) one["apiGroup"] = group;
  },
  check: checkOf({
    roleRef: fields({ apiGroup: oneOf(group), kind: oneOf(...roles), name: needed() }),
    subjects: items(subject),
  }),
  change: ({ roleRef }: AnyObject, old: AnyObject) =>
    equal(old["roleRef"], roleRef) ? [] : [problem.invalid("roleRef", roleRef, "cannot change roleRef")],
  warnings,
});

export const roleBindingRules = bindingRules("Role", "ClusterRole");
export const clusterRoleBindingRules = bindingRules("ClusterRole");
