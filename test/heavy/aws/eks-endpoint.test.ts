import { createServer, request } from "node:https";

import { CreateAccessEntryCommand, CreateClusterCommand, DescribeClusterCommand } from "@aws-sdk/client-eks";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, onTestFinished, test } from "vitest";

import { eksToken } from "../../../src/aws/eks/token.ts";
import { selfSignedCertificate } from "../../../src/rehearsal/wire/certificate.ts";
import { onAws } from "./aws.ts";
import { startEksEndpoint } from "./eks-endpoint.ts";
import { checkToken } from "./eks-token.ts";
import { ownAddress } from "./front.ts";

const env = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "none" };
const now = Date.now();

describe("a token of EKS", () => {
  const expected = { cluster: "aura-x", secretAccessKey: "none", now };

  test("lets in to the cluster it names", async () => {
    const { token } = await eksToken({ region: "us-east-1", cluster: "aura-x", env, now });
    expect(await checkToken(token, expected)).toBeUndefined();
  });

  test("of a session lets in too", async () => {
    const session = { ...env, AWS_SESSION_TOKEN: "s/+=" };
    const { token } = await eksToken({ region: "eu-west-1", cluster: "aura-x", env: session, now });
    expect(await checkToken(token, expected)).toBeUndefined();
  });

  test("is refused by another cluster, late, and changed", async () => {
    const { token } = await eksToken({ region: "us-east-1", cluster: "aura-x", env, now });
    expect(await checkToken(token, { ...expected, cluster: "aura-y" })).toContain("not signed for aura-y");
    expect(await checkToken(token, { ...expected, now: now + 16 * 60_000 })).toContain("the token is of");
    expect(await checkToken(token, { ...expected, secretAccessKey: "other" })).toContain("not signed");
    const url = Buffer.from(token.slice(11), "base64url").toString();
    const changed = (to: string) => `k8s-aws-v1.${Buffer.from(to).toString("base64url")}`;
    expect(await checkToken(changed(`${url}&x=1`), expected)).toContain("has x");
    expect(await checkToken(changed(url.replace("amazonaws", "example")), expected)).toContain("sts.us-east-1.example");
  });
});

await onAws("the endpoint of a cluster", (aws) => {
  /** A cluster, and an endpoint before a server that says who came. */
  async function open() {
    const { inside, front } = aws();
    const roleArn = "arn:aws:iam::123456789012:role/cluster";
    const resourcesVpcConfig = { endpointPublicAccess: true, publicAccessCidrs: ["198.51.100.0/24"] };
    await inside.eks.send(new CreateClusterCommand({ name: "aura-x", roleArn, resourcesVpcConfig }));
    const { certificate, key } = await selfSignedCertificate();
    const server = createServer({ cert: certificate, key }, ({ headers, url }, answer) =>
      answer.end(`${headers.authorization} ${url}`),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const upstream = { url: `https://127.0.0.1:${port}`, token: "upstream", certificatePem: certificate };
    const options = { cluster: "aura-x", front, clients: inside, secretAccessKey: "none", upstream: () => upstream };
    const endpoint = await startEksEndpoint(options);
    onTestFinished(async () => {
      await endpoint.stop();
      server.close();
    });
    const { cluster } = await aws()
      .clients()
      .eks.send(new DescribeClusterCommand({ name: "aura-x" }));
    const ca = Buffer.from(cluster?.certificateAuthority?.data ?? "", "base64");
    const { token } = await eksToken({ region: "us-east-1", cluster: "aura-x", env, now: Date.now() });
    const get = () =>
      new Promise<string>((resolve, reject) => {
        const call = request(`${cluster?.endpoint}/version`, { ca, headers: { authorization: `Bearer ${token}` } });
        call.once("error", reject);
        call.once("response", async (answer) => {
          let text = "";
          for await (const part of answer) text += part;
          resolve(`${answer.statusCode} ${text}`);
        });
        call.end();
      });
    return { endpoint, get };
  }

  async function admit() {
    const { inside, front } = aws();
    const { Arn: principalArn = "" } = await inside.sts.send(new GetCallerIdentityCommand({}));
    await inside.eks.send(new CreateAccessEntryCommand({ clusterName: "aura-x", principalArn }));
    front.amend("EKS", "DescribeCluster", ({ cluster }) => {
      cluster.resourcesVpcConfig.publicAccessCidrs = [`${ownAddress}/32`];
    });
  }

  test("passes on who has a token, an entry and an address", async () => {
    const { endpoint, get } = await open();
    await expect(get()).rejects.toThrow("socket hang up");
    const { inside } = aws();
    aws().front.amend("EKS", "DescribeCluster", ({ cluster }) => {
      cluster.resourcesVpcConfig.publicAccessCidrs = ["0.0.0.0/0"];
    });
    expect(await get()).toMatch(/^401 .*Unauthorized/);
    const { Arn: principalArn = "" } = await inside.sts.send(new GetCallerIdentityCommand({}));
    await inside.eks.send(new CreateAccessEntryCommand({ clusterName: "aura-x", principalArn }));
    expect(await get()).toBe("200 Bearer upstream /version");
    expect(endpoint.refusals).toEqual([
      expect.stringContaining("is not in"),
      expect.stringContaining("no access entry"),
    ]);
  });

  test("goes away and comes back at its address", async () => {
    const { endpoint, get } = await open();
    await admit();
    await endpoint.close();
    await expect(get()).rejects.toThrow("ECONNREFUSED");
    await endpoint.reopen();
    expect(await get()).toBe("200 Bearer upstream /version");
  });
});
