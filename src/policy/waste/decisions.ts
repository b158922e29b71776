import type { Decision } from "../decision.ts";
import type { WasteFinding } from "./finding.ts";

/**
 * What to tell about findings that go on, one piece of advice for each workload and label. Nothing is stopped by it: that is for
 * people, or for a setting of theirs, and for training only after a checkpoint.
 */
export function wasteDecisions(findings: readonly WasteFinding[]): readonly Decision[] {
  return findings
    .filter(({ open }) => open)
    .map(({ workload, reason, change }) => ({
      kind: "advise",
      subject: workload,
      reason: { code: reason.code, text: () => `${reason.text()} To change: ${change.text}.` },
    }));
}
