import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeCapacityReservationsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreatePodIdentityAssociationCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  ListAccessEntriesCommand,
  ListAddonsCommand,
  ListPodIdentityAssociationsCommand,
  UpdateClusterConfigCommand,
} from "@aws-sdk/client-eks";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  ListInstanceProfileTagsCommand,
} from "@aws-sdk/client-iam";
import { GetProductsCommand } from "@aws-sdk/client-pricing";
import { CreateBucketCommand, HeadBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";

import { awsClients } from "../../../src/aws/clients.ts";
import { onAws } from "./aws.ts";
import { ownAddress } from "./front.ts";

await onAws("the front before moto", (aws) => {
  const cluster = async () => {
    const resourcesVpcConfig = { subnetIds: ["subnet-1"] };
    const roleArn = "arn:aws:iam::123456789012:role/cluster";
    await aws()
      .clients()
      .eks.send(new CreateClusterCommand({ name: "aura-x", roleArn, resourcesVpcConfig }));
  };

  test("passes calls on to moto, and counts them", async () => {
    const { ec2, sts, s3, sqs, logs, elbv2 } = aws().clients();
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe("123456789012");
    await s3.send(new CreateBucketCommand({ Bucket: "aura-b" }));
    await s3.send(new HeadBucketCommand({ Bucket: "aura-b" }));
    await s3.send(new PutObjectCommand({ Bucket: "aura-b", Key: "a/b", Body: "x" }));
    await sqs.send(new ListQueuesCommand({}));
    await logs.send(new DescribeLogGroupsCommand({}));
    await elbv2.send(new DescribeLoadBalancersCommand({}));
    expect(aws().front.calls()).toEqual({
      "CloudWatchLogs:DescribeLogGroups": 1,
      "EC2:DescribeVpcs": 1,
      "ElasticLoadBalancingV2:DescribeLoadBalancers": 1,
      "S3:CreateBucket": 1,
      "S3:HeadBucket": 1,
      "S3:PutObject": 1,
      "SQS:ListQueues": 1,
      "STS:GetCallerIdentity": 1,
    });
  });

  test("answers what EKS has beyond moto", async () => {
    const { eks } = aws().clients();
    await cluster();
    const principalArn = "arn:aws:iam::123456789012:role/deployer";
    const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
    const of = { clusterName: "aura-x" };
    await eks.send(new CreateAccessEntryCommand({ ...of, principalArn }));
    await expect(eks.send(new CreateAccessEntryCommand({ ...of, principalArn }))).rejects.toThrow("already in use");
    const accessScope = { type: "cluster" } as const;
    await eks.send(new AssociateAccessPolicyCommand({ ...of, principalArn, policyArn, accessScope }));
    expect((await eks.send(new ListAccessEntriesCommand(of))).accessEntries).toEqual([principalArn]);
    await eks.send(new CreateAddonCommand({ ...of, addonName: "vpc-cni" }));
    expect((await eks.send(new ListAddonsCommand(of))).addons).toEqual(["vpc-cni"]);
    const who = { namespace: "kube-system", serviceAccount: "karpenter", roleArn: principalArn };
    await eks.send(new CreatePodIdentityAssociationCommand({ ...of, ...who }));
    expect((await eks.send(new ListPodIdentityAssociationsCommand(of))).associations).toMatchObject([
      who && { namespace: "kube-system" },
    ]);
    const { clusterVersions = [] } = await eks.send(new DescribeClusterVersionsCommand({}));
    expect(clusterVersions.find(({ defaultVersion }) => defaultVersion)?.endOfStandardSupportDate).toBeInstanceOf(Date);
  });

  test("keeps what UpdateClusterConfig changed", async () => {
    const { eks } = aws().clients();
    await cluster();
    const resourcesVpcConfig = { publicAccessCidrs: [`${ownAddress}/32`] };
    await eks.send(new UpdateClusterConfigCommand({ name: "aura-x", resourcesVpcConfig }));
    const answer = await eks.send(new DescribeClusterCommand({ name: "aura-x" }));
    expect(answer.cluster?.resourcesVpcConfig).toMatchObject({ subnetIds: ["subnet-1"], ...resourcesVpcConfig });
    await expect(eks.send(new DescribeClusterCommand({ name: "aura-y" }))).rejects.toThrow("No cluster found");
  });

  test("answers quotas, prices, reservations and profile tags", async () => {
    const { quotas, pricing, ec2, iam } = aws().clients();
    const quota = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: "L-DB2E81BA" }));
    expect(quota.Quota?.Value).toBe(192);
    const Filters = [{ Type: "TERM_MATCH", Field: "instanceType", Value: "g5.xlarge" } as const];
    const { PriceList = [] } = await pricing.send(new GetProductsCommand({ ServiceCode: "AmazonEC2", Filters }));
    expect(PriceList.map((one: unknown) => JSON.parse(`${one}`).product.attributes.instanceType)).toEqual([
      "g5.xlarge",
    ]);
    expect((await ec2.send(new DescribeCapacityReservationsCommand({}))).CapacityReservations).toEqual([]);
    const Tags = [{ Key: "eks:eks-cluster-name", Value: "aura-x" }];
    await iam.send(
      new CreateRoleCommand({ RoleName: "node", AssumeRolePolicyDocument: "{}", Tags: [{ Key: "role", Value: "x" }] }),
    );
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "p", Path: "/karpenter/", Tags }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "p", RoleName: "node" }));
    expect((await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName: "p" }))).Tags).toEqual(Tags);
  });

  test.each([
    ["throttle", "AWS_ERROR"],
    ["denied", "AWS_DENIED"],
    ["expired", "AWS_CREDENTIALS"],
    ["invalid-key", "AWS_CREDENTIALS"],
  ] as const)("says %s as each service does", async (kind, code) => {
    aws().front.fault({ kind });
    const { ec2, eks, iam, s3, logs } = awsClients({ region: "us-east-1", env: aws().env, maxAttempts: 1 });
    const calls = [
      () => ec2.send(new DescribeVpcsCommand({})),
      () => eks.send(new DescribeClusterCommand({ name: "x" })),
      () => iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName: "p" })),
      () => s3.send(new CreateBucketCommand({ Bucket: "aura-b" })),
      () => logs.send(new DescribeLogGroupsCommand({})),
    ];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      if (code === "AWS_ERROR")
        expect(error).toMatchObject({ name: expect.stringMatching(/Throttling|RequestLimit|SlowDown/) });
      else expect(error).toMatchObject({ code });
    }
  });

  test("lets the SDK's retries pass what passes", async () => {
    const { ec2 } = aws().clients();
    aws().front.fault({ kind: "throttle", times: 2 });
    aws().front.fault({ kind: "reset", times: 1 });
    aws().front.fault({ kind: "server-error", times: 1 });
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    expect(aws().front.calls()["EC2:DescribeVpcs"]).toBe(5);
  });

  test("has credentials expire, and new ones work", async () => {
    aws().front.fault({ kind: "expired", accessKeyId: aws().env["AWS_ACCESS_KEY_ID"] ?? "", after: 1 });
    const { ec2 } = aws().clients();
    await ec2.send(new DescribeVpcsCommand({}));
    await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow("expired");
    const renewed = awsClients({
      region: "us-east-1",
      env: { ...aws().env, AWS_ACCESS_KEY_ID: "AKIANEW0000000000000" },
    });
    expect((await renewed.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });

  test("gives the answer that a test wants", async () => {
    aws().front.answer("STS", "GetCallerIdentity", () => ({ Account: "999999999999", Arn: "a", UserId: "u" }));
    const { sts } = aws().clients();
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe("999999999999");
    expect((await (await fetch(aws().front.checkIpUrl)).text()).trim()).toBe(ownAddress);
  });
});
