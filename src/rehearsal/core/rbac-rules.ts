import type { AnyObject } from "../../cluster/objects.ts";
import { each, oneOf, required } from "./checks.ts";
import { arrayOr, equal, type JsonObject, objectIn, objectOr } from "./json.ts";
import { type Problem, problem } from "./status-errors.ts";

const group = "rbac.authorization.k8s.io";
const warnings = ({ kind }: AnyObject): string[] => [
  `${kind}s are kept but not enforced in the rehearsal: whoever has its token may do everything`,
];

export const roleRules = { check: ({ rules }: AnyObject) => each(rules, "rules", checkRule), warnings };

export const roleBindingRules = {
  prepare(binding: AnyObject): void {
    const roleRef = objectIn(binding, "roleRef");
    if (!roleRef["apiGroup"]) roleRef["apiGroup"] = group;
    for (const subject of arrayOr(binding["subjects"]))
      if (!subject["apiGroup"] && ["User", "Group"].includes(String(subject["kind"]))) subject["apiGroup"] = group;
  },
  check(binding: AnyObject, old: AnyObject | undefined): Problem[] {
    const roleRef = objectOr(binding["roleRef"]);
    const roles = binding.kind === "ClusterRoleBinding" ? ["ClusterRole"] : ["Role", "ClusterRole"];
    return [
      ...oneOf(roleRef["apiGroup"], "roleRef.apiGroup", [group]),
      ...oneOf(roleRef["kind"], "roleRef.kind", roles),
      ...required(roleRef["name"], "roleRef.name"),
      ...each(binding["subjects"], "subjects", checkSubject),
      ...(old === undefined || equal(old["roleRef"], roleRef)
        ? []
        : [problem.invalid("roleRef", roleRef, "cannot change roleRef")]),
    ];
  },
  warnings,
};

function checkRule({ verbs, apiGroups, resources, nonResourceURLs }: JsonObject, path: string): Problem[] {
  const none = (list: unknown) => arrayOr(list).length === 0;
  const isUrl = !none(nonResourceURLs);
  return [
    ...(none(verbs) ? [problem.required(`${path}.verbs`, "verbs must contain at least one value")] : []),
    ...(!isUrl && none(apiGroups)
      ? [problem.required(`${path}.apiGroups`, "resource rules must supply at least one api group")]
      : []),
    ...(!isUrl && none(resources)
      ? [problem.required(`${path}.resources`, "resource rules must supply at least one resource")]
      : []),
  ];
}

function checkSubject({ kind, name, namespace }: JsonObject, path: string): Problem[] {
  return [
    ...required(name, `${path}.name`),
    ...oneOf(kind, `${path}.kind`, ["ServiceAccount", "User", "Group"]),
    ...(kind === "ServiceAccount" ? required(namespace, `${path}.namespace`) : []),
  ];
}
