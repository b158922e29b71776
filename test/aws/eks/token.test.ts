import { expect, it } from "vitest";

import { eksToken } from "../../../src/aws/eks/token.ts";

const env = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "not-to-be-seen", AWS_SESSION_TOKEN: "session" };
const now = Date.parse("2026-11-25T04:00:00Z");

const urlOf = (token: string) => new URL(Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString());

it("signs a call that names the cluster", async () => {
  const { token, expiresAt } = await eksToken({ env, region: "eu-west-1", cluster: "aura-dev", now });
  const url = urlOf(token);
  expect(url.origin).toBe("https://sts.eu-west-1.amazonaws.com");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: "GetCallerIdentity",
    Version: "2011-06-15",
    "X-Amz-Date": "20261125T040000Z",
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    "X-Amz-Credential": "AKIDEXAMPLE/20261125/eu-west-1/sts/aws4_request",
    "X-Amz-Security-Token": "session",
  });
  expect(url.searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
  expect(url.searchParams.has("x-k8s-aws-id")).toBe(false);
  expect(expiresAt).toBe(now + 14 * 60_000);
});

it("holds no secret beside its signature", async () => {
  const { token } = await eksToken({ env, region: "eu-west-1", cluster: "aura-dev", now });
  expect(urlOf(token).href).not.toContain("not-to-be-seen");
});

it("signs another cluster's name otherwise", async () => {
  const signature = async (cluster: string) =>
    urlOf((await eksToken({ env, region: "eu-west-1", cluster, now })).token).searchParams.get("X-Amz-Signature");
  expect(await signature("aura-dev")).not.toBe(await signature("aura-prod"));
});

it("asks the partition of China in its own domain", async () => {
  const { token } = await eksToken({ env, region: "cn-north-1", cluster: "aura-dev", now });
  expect(urlOf(token).hostname).toBe("sts.cn-north-1.amazonaws.com.cn");
});
