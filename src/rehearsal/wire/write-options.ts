import type { DeleteOptions } from "../../cluster/api.ts";
import type { WriteOptions } from "../core/core.ts";
import { objectOr } from "../core/json.ts";
import type { Kind } from "../core/kinds.ts";
import { invalid, problem } from "../core/status-errors.ts";
import type { Call, Target } from "./call.ts";

const validations = ["Ignore", "Warn", "Strict"] as const;

/** What the query says of a write. The manager is named by it, or by the program in the user agent. */
export function writeOptions({ url, request, warn }: Call, subresource?: string): WriteOptions {
  const { searchParams } = url;
  const agent = (request.headers["user-agent"] ?? "unknown").split(/[/\s]/, 1)[0] ?? "unknown";
  const validation = searchParams.get("fieldValidation") || "Warn";
  const fieldValidation = validations.find((name) => name === validation);
  if (fieldValidation === undefined) throw unsupported("fieldValidation", validation, ["", ...validations]);
  return {
    fieldManager: searchParams.get("fieldManager") || agent,
    dryRun: isDry(url),
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
  const propagationPolicy = policies.find((name) => name === asked);
  if (asked && propagationPolicy === undefined) throw unsupported("propagationPolicy", asked, [...policies, "nil"]);
  const policy = propagationPolicy ?? defaultPolicy(kind, given.orphanDependents);
  const grace = given.gracePeriodSeconds ?? url.searchParams.get("gracePeriodSeconds") ?? undefined;
  return {
    ...given.preconditions,
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    dryRun: isDry(url) || (given.dryRun?.includes("All") ?? false),
  };
}

function defaultPolicy(kind: Kind, orphans: boolean | undefined): DeleteOptions["propagationPolicy"] {
  if (orphans !== undefined) return orphans ? "Orphan" : "Background";
  return kind.kind === "Job" ? "Orphan" : undefined;
}

function isDry({ searchParams }: Target): boolean {
  const asked = searchParams.getAll("dryRun");
  const other = asked.find((value) => value !== "All");
  if (other !== undefined) throw unsupported("dryRun", other, ["All"]);
  return asked.length > 0;
}

function unsupported(field: string, value: string, allowed: readonly string[]) {
  return invalid({ group: "meta.k8s.io", kind: "Options" }, "", [problem.unsupported(field, value, allowed)]);
}
