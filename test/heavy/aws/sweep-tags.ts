import type { Tags } from "../../../src/aws/sweep/scope.ts";

/** What an environment's things are tagged with and called, in a world of their own. */
export interface World {
  readonly environment: string;
  readonly cluster: string;
  /** What tags become before they are set. */
  readonly tags: (tags: Tags) => Tags;
}

/** Of Terraform's default tags, as Aura sets them. */
export const auraTags = ({ environment }: World): Tags => ({
  "aura:environment": environment,
  "managed-by": "aura",
  "aura:run": "r-1",
  "aura:expires-at": "2026-01-01T00:00:00Z",
  owner: "ml",
});

/** Of what Karpenter makes (utils.go, v1.14). */
export const karpenterTags = ({ cluster }: World): Tags => ({
  "eks:eks-cluster-name": cluster,
  [`kubernetes.io/cluster/${cluster}`]: "owned",
  "karpenter.sh/nodepool": "gpu",
  "karpenter.k8s.aws/ec2nodeclass": "gpu",
});

/** Of instances of EKS's node groups. */
export const systemTags = ({ cluster }: World): Tags => ({
  "eks:cluster-name": cluster,
  "eks:nodegroup-name": "system",
  [`kubernetes.io/cluster/${cluster}`]: "owned",
});

/** Of interfaces that the VPC CNI makes. */
export const cniTags = ({ cluster }: World): Tags => ({
  "cluster.k8s.amazonaws.com/name": cluster,
  "node.k8s.amazonaws.com/instance_id": "i-0123456789abcdef0",
  "node.k8s.amazonaws.com/createdAt": "2026-01-01T00:00:00Z",
});

/** Of what the load balancer controller makes for a Service. */
export const balancerTags = ({ cluster }: World): Tags => ({
  "elbv2.k8s.aws/cluster": cluster,
  "service.k8s.aws/stack": "default/web",
});

/** Of what Kubernetes itself makes for a Service. */
export const serviceTags = ({ cluster }: World): Tags => ({
  [`kubernetes.io/cluster/${cluster}`]: "owned",
  "kubernetes.io/service-name": "default/web",
});

/** Of volumes and snapshots of the CSI driver that Terraform sets up. */
export const driverTags = (world: World): Tags => ({
  ...auraTags(world),
  "ebs.csi.aws.com/cluster": "true",
  CSIVolumeName: "pvc-1",
});

/** An environment's own things. */
export function world(environment: string, tags: World["tags"] = (all) => all): World {
  return { environment, cluster: `aura-${environment}`, tags };
}

/** Things of another name that carry one single tag of `environment`'s. */
export function loneWorld(environment: string): World {
  const swapped = (text: string) => text.replaceAll("lone", environment);
  return world("lone", (tags) =>
    oneOf(Object.fromEntries(Object.entries(tags).map(([key, value]) => [swapped(key), swapped(value)]))),
  );
}

const naming = /^(aura:environment|eks:|cluster\.k8s|elbv2|kubernetes\.io\/cluster|karpenter\.sh\/discovery)/;

/** The one tag that names the environment or its cluster, and no other. */
function oneOf(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([key]) => naming.test(key))
      .slice(0, 1),
  );
}
