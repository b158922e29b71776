import type { ObjectApi } from "../cluster/api.ts";
import { isTerminal, type Node, type NodeClaim, type Pod } from "../cluster/objects.ts";
import type { NodeObserved } from "../timeline/entries.ts";
import { kinds } from "./kinds.ts";
import { nodeBase, sharedBase } from "./node-observations.ts";
import type { Scope } from "./scope.ts";
import { listServed } from "./served.ts";
import type { Target } from "./target.ts";

type PresentNode = Omit<NodeObserved, "state">;

/** The nodes that a run has now: its own, and those of others that its pods are on. */
export async function presentNodes(
  api: ObjectApi,
  scope: Scope,
  nodePrice: Target["nodePrice"],
): Promise<PresentNode[]> {
  const claims = await listServed<NodeClaim>(api, { ...kinds.nodeClaim, ...scope.nodeClaims });
  const { isShared } = scope;
  const shared = isShared === undefined ? [] : (await nodesOfPods(api, scope)).filter(isShared);
  return [
    ...claims.map((claim) => nodeBase(claim, nodePrice)),
    ...shared.map((node) => {
      const name = node.metadata.name ?? "";
      return sharedBase({ name, node: name }, node, nodePrice);
    }),
  ];
}

async function nodesOfPods(api: ObjectApi, { pods }: Scope): Promise<Node[]> {
  const { items } = await api.list<Pod>({ ...kinds.pod, ...pods });
  const names = new Set(items.filter((pod) => !isTerminal(pod)).flatMap(({ spec }) => spec?.nodeName ?? []));
  const nodes = await Promise.all(
    [...names].map((name) => api.read<Node>({ ...kinds.node, metadata: { name } }).catch(() => undefined)),
  );
  return nodes.filter((node) => node !== undefined);
}
