import { Failure, messageOf } from "../../kernel/failure.ts";
import { missingPermission } from "./permission.ts";

export type FindingStatus = "ok" | "warning" | "problem" | "skipped";

/** What a check found out. */
export interface Finding {
  /** What it is about, such as `quotas`: findings are shown by it. */
  readonly group: string;
  readonly check: string;
  /** A problem blocks a deploy, a warning does not; skipped is what could not be looked at. */
  readonly status: FindingStatus;
  readonly says: string;
  /** What it is. */
  readonly value?: string;
  /** What it should be. */
  readonly needed?: string;
  /** A command to paste or a link. */
  readonly fix?: string;
  readonly why?: string;
}

/** Something to look at; may reject. */
export interface Check {
  readonly group: string;
  readonly check: string;
  readonly look: () => Promise<readonly Finding[]>;
}

/** Runs checks side by side. One that fails is a finding like others, and stops nobody. */
export async function findingsOf(checks: readonly Check[]): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((one) => one.look().catch((error: unknown) => [failed(one, error)])));
  return found.flat();
}

/** What stands in the way of a deploy, a line each. */
export function problemLines(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ status }) => status === "problem")
    .map(({ check, says, fix }) => `${check}: ${says}${fix === undefined ? "" : `; fix: ${fix}`}`);
}

function failed({ group, check }: Check, error: unknown): Finding {
  const at = { group, check };
  if (!(error instanceof Failure))
    return { ...at, status: "skipped", says: `could not be looked at: ${messageOf(error)}` };
  const { why, fix } = error.details;
  const details = { ...(why !== undefined && { why }), ...(fix !== undefined && { fix }) };
  const action = missingPermission(error);
  if (action === undefined) return { ...at, status: "problem", says: error.message, ...details };
  return {
    ...at,
    status: "skipped",
    says: `could not be looked at: ${action} is not allowed`,
    needed: action,
    fix: `allow ${action} to the credentials`,
    ...(why !== undefined && { why }),
  };
}
