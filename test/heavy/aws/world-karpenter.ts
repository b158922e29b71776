import {
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";

import type { AwsClients } from "../../../src/aws/clients.ts";
import type { KubeObject } from "../../../src/cluster/objects.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { pairs, type Tags } from "./provider-kinds.ts";

/** What the server's Karpenter would have on AWS: an instance for each NodeClaim, a profile and a template for each class. */
export interface Karpenter {
  /** Claims that have an instance now. */
  readonly instances: ReadonlyMap<string, string>;
  /** Waits until AWS has what the cluster has. */
  settled(): Promise<void>;
  /** The controller dies: what it made stays. */
  stop(): Promise<void>;
}

export interface KarpenterOptions {
  readonly core: Core;
  readonly aws: AwsClients;
  readonly cluster: string;
}

const claims = { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" };
const classes = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" };

type NodeClass = KubeObject & { readonly spec?: { readonly tags?: Tags } };

export function playKarpenter({ core, aws, cluster }: KarpenterOptions): Karpenter {
  const instances = new Map<string, string>();
  const made = new Map<string, { profile: string; template: string }>();
  let work: Promise<void> = Promise.resolve();
  let stopped = false;
  const then = (act: () => Promise<void>) => {
    if (stopped) return;
    work = work.then(act).catch((error: unknown) => console.error("Karpenter on AWS:", error));
  };
  const static_ = (pool: string, nodeClass: string): Tags => ({
    ...core.find<NodeClass>({ ...classes, metadata: { name: nodeClass } })?.spec?.tags,
    ...{ [`kubernetes.io/cluster/${cluster}`]: "owned", "eks:eks-cluster-name": cluster },
    ...{ "karpenter.sh/nodepool": pool, "karpenter.k8s.aws/ec2nodeclass": nodeClass },
  });
  const unsubscribe = [
    core.subscribe<KubeObject>(claims, ({ type, object }) => {
      const { name = "", labels = {} } = object.metadata;
      const { nodeClassRef } = object["spec" as keyof KubeObject] as unknown as { nodeClassRef: { name: string } };
      if (type === "ADDED")
        then(async () => {
          const tags = static_(labels["karpenter.sh/nodepool"] ?? "", nodeClassRef.name);
          instances.set(name, await launch(aws, tags, cluster));
        });
      if (type === "DELETED")
        then(async () => {
          const id = instances.get(name);
          if (id !== undefined) await aws.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
          instances.delete(name);
        });
    }),
    core.subscribe<NodeClass>(classes, ({ type, object }) => {
      const { name = "" } = object.metadata;
      if (type === "ADDED") then(async () => void made.set(name, await makeForClass(aws, cluster, object)));
      if (type === "DELETED")
        then(async () => {
          const one = made.get(name);
          made.delete(name);
          if (one !== undefined) await dropForClass(aws, cluster, one);
        });
    }),
  ];
  const settled = async () => {
    let last: Promise<void> | undefined;
    while (last !== work) {
      last = work;
      await last;
    }
  };
  return {
    instances,
    settled,
    async stop() {
      stopped = true;
      for (const end of unsubscribe) end();
      await settled();
    },
  };
}

async function launch({ ec2 }: AwsClients, tags: Tags, cluster: string): Promise<string> {
  const Filters = [{ Name: "tag:karpenter.sh/discovery", Values: [cluster] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: Images[0]?.ImageId, InstanceType: "m7i.large", MinCount: 1, MaxCount: 1 },
      ...(Subnets[0]?.SubnetId !== undefined && { SubnetId: Subnets[0].SubnetId }),
      TagSpecifications: [{ ResourceType: "instance", Tags: pairs(tags) }],
    }),
  );
  return `${Instances[0]?.InstanceId}`;
}

async function makeForClass({ ec2, iam }: AwsClients, cluster: string, { metadata, spec }: NodeClass) {
  const profile = `${cluster}_${metadata.name}`;
  const template = `karpenter.k8s.aws/${cluster}-${metadata.name}`;
  const shared = { ...spec?.tags, [`kubernetes.io/cluster/${cluster}`]: "owned", "eks:eks-cluster-name": cluster };
  const tags = pairs({ ...shared, "karpenter.k8s.aws/ec2nodeclass": `${metadata.name}` });
  const Path = `/karpenter/us-east-1/${cluster}/${metadata.uid}/`;
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: profile, Path, Tags: tags }));
  const RoleName = `KarpenterNodeRole-${cluster}`;
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: profile, RoleName }));
  await ec2.send(
    new CreateLaunchTemplateCommand({
      ...{ LaunchTemplateName: template, LaunchTemplateData: { InstanceType: "m7i.large" as const } },
      TagSpecifications: [{ ResourceType: "launch-template", Tags: tags }],
    }),
  );
  return { profile, template };
}

async function dropForClass(
  { ec2, iam }: AwsClients,
  cluster: string,
  { profile, template }: { readonly profile: string; readonly template: string },
): Promise<void> {
  const RoleName = `KarpenterNodeRole-${cluster}`;
  await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: profile, RoleName }));
  await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: profile }));
  await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: template }));
}
