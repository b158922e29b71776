import type { ListQuery } from "../../cluster/api.ts";
import { invalid, type Problem, problem } from "../core/status-errors.ts";
import type { Resource, Target } from "./call.ts";

/** What a list, a watch or a deletion of a collection selects. */
export function queryOf({ searchParams }: Target, { kind, namespace, name }: Resource): ListQuery {
  const labelSelector = searchParams.get("labelSelector");
  const fields = [searchParams.get("fieldSelector"), name === undefined ? null : `metadata.name=${name}`];
  const fieldSelector = fields.filter(Boolean).join(",");
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector && { labelSelector }),
    ...(fieldSelector && { fieldSelector }),
  };
}

/** Fails with 422 where versions are asked for in a way that means nothing, as apimachinery's ValidateListOptions. */
export function checkListOptions(parameters: URLSearchParams, verb: "list" | "watch"): void {
  const sends = parameters.get("sendInitialEvents");
  const match = parameters.get("resourceVersionMatch");
  const version = parameters.get("resourceVersion") ?? "";
  const problems = verb === "watch" ? watchProblems(sends, match) : listProblems(sends, match, version);
  if (problems.length > 0) throw invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", problems);
}

const field = "resourceVersionMatch";
const forbid = (why: string) => [problem.forbidden(field, why)];

function watchProblems(sends: string | null, match: string | null): Problem[] {
  if (sends === null)
    return match ? forbid(`${field} is forbidden for watch unless sendInitialEvents is provided`) : [];
  if (!match) return forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  return match === "NotOlderThan" ? [] : [problem.unsupported(field, match, ["NotOlderThan"])];
}

function listProblems(sends: string | null, match: string | null, version: string): Problem[] {
  if (sends !== null) return [problem.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")];
  if (!match) return [];
  if (match !== "Exact" && match !== "NotOlderThan")
    return [problem.unsupported(field, match, ["Exact", "NotOlderThan"])];
  if (version === "") return forbid(`${field} is forbidden unless resourceVersion is provided`);
  return match === "Exact" && version === "0" ? forbid(`${field} "exact" is forbidden for resourceVersion "0"`) : [];
}
