import type { ObjectApi } from "../../../cluster/api.ts";
import type { KubeObject } from "../../../cluster/objects.ts";

/** What a user must be allowed to do. */
export interface Right {
  /** The API group; empty for the core's. */
  readonly group: string;
  /** In the plural, as `pods` or `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** In this namespace; absent: in all. */
  readonly namespace?: string;
}

/**
 * What Aura does everywhere in a cluster: it watches. Not asked about, because runs do without: `metrics.k8s.io`,
 * `nodes/proxy` and `pods/proxy`, by which use is measured.
 */
export const watchingRights: readonly Right[] = [
  { group: "", resource: "pods", verbs: ["list", "watch"] },
  { group: "", resource: "events", verbs: ["list", "watch"] },
  { group: "", resource: "nodes", verbs: ["get", "list"] },
  { group: "batch", resource: "jobs", verbs: ["list", "watch"] },
];

/** What Aura does with NodePools, where it makes some. */
export const poolRights: readonly Right[] = [
  { group: "karpenter.sh", resource: "nodepools", verbs: ["get", "list", "create", "patch", "delete"] },
  { group: "karpenter.sh", resource: "nodeclaims", verbs: ["list", "watch", "delete"] },
  { group: "karpenter.k8s.aws", resource: "ec2nodeclasses", verbs: ["get", "list"] },
];

/** What Aura does in a namespace that jobs run in. */
export function jobRights(namespace: string): readonly Right[] {
  return [
    { namespace, group: "batch", resource: "jobs", verbs: ["get", "create", "delete"] },
    { namespace, group: "", resource: "pods", verbs: ["get"] },
    { namespace, group: "", resource: "pods/log", verbs: ["get"] },
  ];
}

interface AccessReview extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

/** The rights that this user does not have, one sentence each. The cluster is asked; nothing is tried. */
export async function missingRights(api: ObjectApi, rights: readonly Right[]): Promise<string[]> {
  const asked = rights.flatMap((right) => right.verbs.map((verb) => ({ ...right, verb })));
  const answers = await Promise.all(
    asked.map(async ({ group, resource, namespace, verb }) => {
      const [name, subresource] = resource.split("/");
      const resourceAttributes = {
        group,
        resource: name,
        verb,
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== undefined && { namespace }),
      };
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", metadata: {} };
      const { status } = await api.create<AccessReview>({ ...review, spec: { resourceAttributes } });
      if (status?.allowed === true) return [];
      const kind = group === "" ? resource : `${resource}.${group}`;
      return [
        `this user may not ${verb} ${kind} in ${namespace === undefined ? "all namespaces" : `namespace ${namespace}`}`,
      ];
    }),
  );
  return answers.flat();
}
