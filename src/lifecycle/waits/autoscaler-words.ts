import { lackWords } from "./scheduler-words.ts";

/** The node groups that the Cluster Autoscaler grows for a pod, by name: `pod triggered scale-up: [{gpu 0->1 (max: 4)}]`. */
export function growingGroups(message: string): string[] {
  // of GKE's, which are addresses, the last part
  return [...message.matchAll(/\{(\S+) \d+->\d+/g)].map(([, group = ""]) => group.split("/").at(-1) ?? group);
}

/** Why the Cluster Autoscaler, or GKE's, adds no node for a pod. */
export function autoscalerWords(message: string): string {
  const failed = /associated with this pod failed: (.*?)\.? Pod is at risk/s.exec(message)?.[1];
  if (failed !== undefined) return `no node could be added for it: ${failed}`;
  const why = /scale-up(?: \([^)]*\))?:? *(.*)$/s.exec(message)?.[1] ?? "";
  const groups = why === "" ? "" : `: of its groups of nodes ${lackWords(why)}`;
  return `the cluster's autoscaler adds no node for it${groups}`;
}
