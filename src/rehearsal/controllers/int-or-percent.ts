/** `5` or `25%` of a total, as Kubernetes' IntOrString fields count; a share is rounded up or down. */
export function intOrPercent(value: string | number, total: number, round: (share: number) => number): number {
  if (typeof value === "string" && value.endsWith("%")) return round((Number(value.slice(0, -1)) * total) / 100);
  return Number(value);
}
