/** What a node, or a group of them, lacks, to go on from `2 of 3 nodes`; the first that matches counts. */
const lacks: readonly (readonly [says: RegExp, means: string])[] = [
  [/^Insufficient nvidia\.com\/gpu/, "without enough free GPUs"],
  [/^Insufficient cpu/, "without enough free CPU"],
  [/^Insufficient memory/, "without enough free memory"],
  [/^Insufficient ephemeral-storage/, "without enough free disk"],
  [/^Insufficient pods|^Too many pods/, "with as many pods as a node takes"],
  [/taint\S* \{node\.kubernetes\.io\/(not-ready|unreachable)/, "not ready yet"],
  [/taint\S* \{karpenter\.sh\/disrupted/, "about to go"],
  [/node affinity\/selector|node selector/, "without the labels that it asks for"],
  [/were unschedulable/, "that take no new pods (cordoned)"],
  [/volume node affinity conflict/, "in another zone than its volume"],
  [/exceed max volume count/, "without room for another volume"],
  [/free ports for the requested pod ports/, "where its host port is taken"],
  [/pod (anti-)?affinity|topology spread/, "where its neighbours keep it out"],
  [/^max node group size reached/, "at its greatest size"],
  [/^in backoff after failed scale-up/, "that could not grow a moment ago"],
];

/** Why no node takes a pod, as kube-scheduler says it (1.36); undefined for what it does not say. */
export function schedulerWords(message: string): string | undefined {
  if (/^(no nodes available|0\/0 nodes)/.test(message)) return "the cluster has no node yet";
  const found = /^\d+\/(\d+) nodes are available: (.*)/s.exec(message);
  if (found === null) return undefined;
  const [, all = "", said = ""] = found;
  return `no node has room for it: of ${all} ${all === "1" ? "node" : "nodes"} ${lackWords(said)}`;
}

/** Why nodes, or groups of them, do not do: `2 without enough free GPUs, 1 with a taint …`. */
export function lackWords(said: string): string {
  // what follows is about pods that might make room, and about devices: nothing to mend
  const [reasons = ""] = said.split(/\.? +(?:preemption:|no new claims to deallocate)/);
  return reasons
    .replace(/\.+$/, "")
    .split(/, (?=\d+ )/)
    .map(oneLack)
    .join(", ");
}

function oneLack(text: string): string {
  const [, number, reason = ""] = /^(\d+) (.*)$/s.exec(text) ?? [];
  if (number === undefined) return text;
  const means = lacks.find(([says]) => says.test(reason))?.[1];
  const taint = /\{([^}]*)\}/.exec(reason)?.[1]?.replace(/: $/, "");
  if (means === undefined && /taint/.test(reason))
    return `${number} with a taint that it does not tolerate${taint === undefined ? "" : ` (${taint})`}`;
  return `${number} ${means ?? reason}`;
}
