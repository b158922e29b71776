import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { expect, onTestFinished, test } from "vitest";

import { awsClients } from "../../src/aws/clients.ts";

test("an endpoint that says nothing is given up", async () => {
  let asked = 0;
  const server = createServer(() => {
    asked += 1;
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" };
  const patience = { connectMs: 1000, answerMs: 100 };
  const { sts } = awsClients({ region: "us-east-1", env, maxAttempts: 2, patience });
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
  expect(asked).toBe(2);
});
