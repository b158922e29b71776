import { expect, it } from "vitest";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { ensurePodIdentity } from "../../../src/aws/eks/pod-identity.ts";

const association = { clusterName: "aura-dev", namespace: "ml", serviceAccount: "aura-outputs", roleArn: "arn:role" };

function eksThat(answer: () => unknown) {
  const sent: unknown[] = [];
  const send = async ({ input }: { input: unknown }) => {
    sent.push(input);
    return answer();
  };
  return { clients: { eks: { send } } as unknown as AwsClients, sent };
}

const failing = (name: string) => () => {
  throw Object.assign(new Error(name), { name });
};

it("ties a service account to a role", async () => {
  const { clients, sent } = eksThat(() => ({}));
  await ensurePodIdentity(clients, association);
  expect(sent).toEqual([association]);
});

it("is content with what is there already", async () => {
  const { clients } = eksThat(failing("ResourceInUseException"));
  await expect(ensurePodIdentity(clients, association)).resolves.toBeUndefined();
});

it("passes on what else is wrong", async () => {
  const { clients } = eksThat(failing("InvalidParameterException"));
  await expect(ensurePodIdentity(clients, association)).rejects.toThrow("InvalidParameterException");
});
