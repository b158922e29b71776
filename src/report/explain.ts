/** What the scheduler's and Karpenter's words mean, most telling first. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /insufficient ?(instance ?)?capacity|InsufficientInstanceCapacity|UnfulfillableCapacity/i,
    "EC2 had no such instance to give; another type or zone is tried",
  ],
  [
    /limits? (was |were )?(exceeded|reached)|exceed(s|ed)? limit|would exceed/i,
    "the pool's limit in aura.yaml is reached",
  ],
  [
    /no instance type|incompatible with|no nodepool|did not match any/i,
    "no pool has an instance type that fits the request",
  ],
  [/Insufficient nvidia\.com\/gpu/i, "no node that is there has a free GPU; one is launched"],
  [/Insufficient (cpu|memory|pods)/i, "the nodes that are there are full; one is launched"],
  [/node\.kubernetes\.io\/not-ready/, "a node has joined and is not ready yet"],
  [/untolerated taint/i, "the nodes that are there are kept for other pods; one is launched"],
  [/node affinity|node selector/i, "no node that is there has the labels the pod asks for"],
  [/no nodes available|0\/0 nodes/i, "there is no node yet; one is launched"],
  [/pulling|image/i, "the container's image is on its way"],
];

/** A reason for waiting in plain words; undefined when it speaks for itself. */
export function explainWait(reason: string): string | undefined {
  return meanings.find(([pattern]) => pattern.test(reason))?.[1];
}
