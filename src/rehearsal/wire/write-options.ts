import type { DeleteOptions } from "../../cluster/api.ts";
import type { WriteOptions } from "../core/core.ts";
import { objectOr } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { invalid, type Problem, problem } from "../core/status-errors.ts";
import { mediaType } from "./body.ts";
import type { Call } from "./call.ts";

const unforced = "may not be specified for non-apply patch";
const isApply = (request: Call["request"]) => mediaType(request) === "application/apply-patch+yaml";
const optionsOf: Record<string, string> = { POST: "CreateOptions", PUT: "UpdateOptions", PATCH: "PatchOptions" };
const validations = ["Ignore", "Warn", "Strict"] as const;

/** What the query says of a write. The manager is named by it, or by the program in the user agent. */
export function writeOptions({ url, request, warn }: Call, subresource?: string): WriteOptions {
  const { searchParams } = url;
  const name = optionsOf[request.method ?? ""] ?? "CreateOptions";
  const agent = (request.headers["user-agent"] ?? "unknown").split(/[/\s]/, 1)[0] ?? "unknown";
  const validation = searchParams.get("fieldValidation") || "Warn";
  const fieldValidation = validations.find((name) => name === validation);
  const manager = searchParams.get("fieldManager") ?? "";
  const problems = [
    ...(manager.length > 128 ? [problem.tooLong("fieldManager", 128)] : []),
    ...(name === "PatchOptions" && searchParams.has("force") && !isApply(request)
      ? [problem.forbidden("force", unforced)]
      : []),
    ...dryProblems(searchParams.getAll("dryRun")),
    ...(fieldValidation ? [] : [problem.unsupported("fieldValidation", validation, ["", ...validations])]),
  ];
  if (fieldValidation === undefined || problems.length > 0) throw refused(name, problems);
  return {
    fieldManager: manager || agent,
    dryRun: searchParams.has("dryRun"),
    fieldValidation,
    warn,
    ...(subresource !== undefined && { subresource: subresource as NonNullable<WriteOptions["subresource"]> }),
  };
}

const policies = ["Foreground", "Background", "Orphan"] as const;

/** Options of a deletion come in the body or in the query. A Job deleted without a word about its pods leaves them. */
export function deleteOptions({ url, body }: Call, kind: Kind) {
  const given = objectOr(body) as DeleteOptions & {
    preconditions?: { uid?: string; resourceVersion?: string };
    dryRun?: string[];
    orphanDependents?: boolean;
  };
  const asked = given.propagationPolicy ?? url.searchParams.get("propagationPolicy") ?? undefined;
  const dryRun = given.dryRun ?? url.searchParams.getAll("dryRun");
  const problems = [...policyProblems(asked, given.orphanDependents), ...dryProblems(dryRun)];
  if (problems.length > 0) throw refused("DeleteOptions", problems);
  const policy = policies.find((name) => name === asked) ?? defaultPolicy(kind, given.orphanDependents);
  const grace = given.gracePeriodSeconds ?? url.searchParams.get("gracePeriodSeconds") ?? undefined;
  return {
    ...given.preconditions,
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    dryRun: dryRun.length > 0,
  };
}

function policyProblems(asked: string | undefined, orphans: boolean | undefined): Problem[] {
  if (!asked) return [];
  const why = "orphanDependents and deletionPropagation cannot be both set";
  const isKnown = policies.some((name) => name === asked);
  return [
    ...(orphans === undefined ? [] : [problem.invalid("propagationPolicy", asked, why)]),
    ...(isKnown ? [] : [problem.unsupported("propagationPolicy", asked, [...policies, "nil"])]),
  ];
}

function defaultPolicy(kind: Kind, orphans: boolean | undefined): DeleteOptions["propagationPolicy"] {
  if (orphans !== undefined) return orphans ? "Orphan" : "Background";
  return kind.kind === "Job" ? "Orphan" : undefined;
}

function dryProblems(asked: readonly string[]): Problem[] {
  return asked.every((value) => value === "All") ? [] : [problem.unsupported("dryRun", asked, ["All"])];
}

function refused(options: string, problems: readonly Problem[]) {
  return invalid({ group: "meta.k8s.io", kind: options }, "", problems);
}
