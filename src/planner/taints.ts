import type { Taint, Toleration } from "./types.ts";

/** The first taint that keeps a pod away; `PreferNoSchedule` keeps none away, unless preferences are kept to. */
export function untolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  keepsPreferred = false,
): Taint | undefined {
  return taints.find(
    (taint) =>
      (keepsPreferred || taint.effect !== "PreferNoSchedule") &&
      !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** Whether a toleration matches a taint: an absent key with Exists matches all, an absent effect every effect. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key, operator = "Equal", value = "", effect } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === "Exists") return true;
  return Boolean(key) && value === (taint.value ?? "");
}

/** `key=value:effect`, as kubectl writes it. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ""}:${effect}`;
}
