import { describe, expect, it } from "vitest";

import type { AwsClients } from "../../../src/aws/clients.ts";
import type { EksCluster } from "../../../src/aws/eks/cluster.ts";
import { accessRanges, isCovered, openEndpoint } from "../../../src/aws/eks/endpoint-access.ts";
import type { Clock } from "../../../src/kernel/clock.ts";

describe("a range", () => {
  it.each([
    ["203.0.113.7/32", ["203.0.113.0/24"], true],
    ["203.0.113.7/32", ["203.0.113.7/32"], true],
    ["203.0.113.7/32", ["203.0.113.8/32"], false],
    ["203.0.113.0/24", ["203.0.113.7/32"], false],
    ["203.0.113.7/32", ["0.0.0.0/0"], true],
    ["203.0.113.7/32", [], false],
    ["nonsense", ["0.0.0.0/0"], false],
  ])("%s is inside of %j: %s", (one, ranges, expected) => {
    expect(isCovered(one, ranges)).toBe(expected);
  });

  it.each([
    [["10.0.0.0/8"], "203.0.113.7/32", ["10.0.0.0/8", "203.0.113.7/32"]],
    [["203.0.113.0/24"], "203.0.113.7/32", ["203.0.113.0/24"]],
    [["10.0.0.0/8"], undefined, ["10.0.0.0/8"]],
  ])("%j gets this machine beside it only if needed", (asked, own, expected) => {
    expect(accessRanges(asked, own)).toEqual(expected);
  });
});

describe("a cluster's public endpoint", () => {
  it("lets this machine in beside those before it", async () => {
    const { clients, sent } = fakeEks([{ name: "ok" }], ["Successful"]);
    const opened = await open(clients, { publicCidrs: ["198.51.100.1/32"] });
    expect(opened).toBe(true);
    expect(sent.UpdateClusterConfigCommand).toEqual([["198.51.100.1/32", "203.0.113.7/32"]]);
  });

  it.each([
    ["lets this machine in already", { publicCidrs: ["203.0.113.0/24"] }],
    ["is closed to everybody", { publicEndpoint: false }],
  ])("is left alone where it %s", async (_, cluster) => {
    const { clients, sent } = fakeEks([], []);
    expect(await open(clients, cluster)).toBe(false);
    expect(sent.UpdateClusterConfigCommand).toEqual([]);
  });

  it("waits for another update to end first", async () => {
    const { clients, sent } = fakeEks(
      [{ name: "ResourceInUseException" }, { name: "ok" }],
      ["InProgress", "Successful"],
    );
    expect(await open(clients, { publicCidrs: ["198.51.100.1/32"] })).toBe(true);
    expect(sent.UpdateClusterConfigCommand).toHaveLength(2);
  });

  it("is not asked for what another update has brought", async () => {
    const { clients, sent } = fakeEks([{ name: "ResourceInUseException" }], [], ["198.51.100.1/32", "203.0.113.0/24"]);
    expect(await open(clients, { publicCidrs: ["198.51.100.1/32"] })).toBe(false);
    expect(sent.UpdateClusterConfigCommand).toHaveLength(1);
  });

  it("says why EKS refused", async () => {
    const { clients } = fakeEks([{ name: "ok" }], ["Failed"]);
    await expect(open(clients, { publicCidrs: [] })).rejects.toMatchObject({
      code: "AWS_DENIED",
      details: { problems: ["too many"] },
    });
  });
});

/** A clock whose time passes as soon as somebody waits. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    schedule(delayMs, callback) {
      now += delayMs;
      const timer = setImmediate(callback);
      return () => clearImmediate(timer);
    },
  };
}

function open(clients: AwsClients, cluster: Partial<EksCluster>) {
  const known = { name: "aura-dev", publicEndpoint: true, publicCidrs: [], ...cluster } as unknown as EksCluster;
  return openEndpoint(clients, known, "203.0.113.7/32", { clock: hastyClock(), signal: new AbortController().signal });
}

/** EKS as a list of answers to updates, and of the states that an update goes through. */
function fakeEks(answers: { name: string }[], states: string[], later: string[] = ["198.51.100.1/32"]) {
  const sent: { UpdateClusterConfigCommand: unknown[] } = { UpdateClusterConfigCommand: [] };
  const cidrs = () => (sent.UpdateClusterConfigCommand.length === 0 ? ["198.51.100.1/32"] : later);
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    switch (command.constructor.name) {
      case "DescribeClusterCommand":
        return { cluster: { resourcesVpcConfig: { publicAccessCidrs: cidrs(), endpointPublicAccess: true } } };
      case "UpdateClusterConfigCommand": {
        const { publicAccessCidrs } = command.input["resourcesVpcConfig"] as { publicAccessCidrs: string[] };
        sent.UpdateClusterConfigCommand.push(publicAccessCidrs);
        const answer = answers.shift();
        if (answer?.name !== "ok") throw Object.assign(new Error("busy"), answer);
        return { update: { id: "one" } };
      }
      default:
        return { update: { status: states.shift(), errors: [{ errorMessage: "too many" }] } };
    }
  };
  return { clients: { eks: { send } } as unknown as AwsClients, sent };
}
