import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cidrSize, cidrsOverlap, cidrText, parseCidr } from "../../../src/kernel/cidr.ts";
import { planSubnets } from "../../../src/synth/terraform/subnets.ts";
import { vpcs } from "../environments.ts";
import { endpointsWithoutNat, terraformOf } from "./documents.ts";

describe("subnets", () => {
  it("never overlap and fill only the VPC, whatever its range and zones", () => {
    fc.assert(
      fc.property(vpcs, fc.integer({ min: 2, max: 3 }), fc.boolean(), (vpc, count, intra) => {
        const zones = ["a", "b", "c"].slice(0, count);
        const plan = planSubnets(cidrText(vpc), zones, intra);
        const texts = [plan.public, plan.private, plan.intra].flatMap((tier) => Object.values(tier));
        const all = texts.map((text) => parseCidr(text) ?? { base: Number.NaN, prefix: 0 });
        expect(all).toHaveLength(count * (intra ? 3 : 2));
        for (const [index, one] of all.entries()) {
          expect(one.base).toBeGreaterThanOrEqual(vpc.base);
          expect(one.base + cidrSize(one)).toBeLessThanOrEqual(vpc.base + cidrSize(vpc));
          expect(one.base % cidrSize(one)).toBe(0);
          expect(one.prefix).toBeLessThanOrEqual(27);
          for (const other of all.slice(index + 1)) expect(cidrsOverlap(one, other)).toBe(false);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("keep their ranges when a zone is added", () => {
    const two = planSubnets("10.64.0.0/16", ["a", "b"], true);
    const three = planSubnets("10.64.0.0/16", ["a", "b", "c"], true);
    for (const tier of ["public", "private", "intra"] as const) expect(three[tier]).toMatchObject(two[tier]);
  });
});

describe("values", () => {
  it.each([
    ["none", [], {}],
    ["single", ["us-east-1a"], { "us-east-1a": "us-east-1a", "us-east-1b": "us-east-1a" }],
    ["per-az", ["us-east-1a", "us-east-1b"], { "us-east-1a": "us-east-1a", "us-east-1b": "us-east-1b" }],
  ])("send private subnets through %s NAT", (nat, zones, routes) => {
    const network = { nat, endpoints: endpointsWithoutNat };
    const { values } = terraformOf({ zones: ["us-east-1a", "us-east-1b"], network });
    expect(values.nat_zones).toEqual(zones);
    expect(values.nat_routes).toEqual(routes);
  });

  it("name no region but the environment's", () => {
    const { files, values } = terraformOf({ region: "eu-west-1" });
    expect(Object.keys(values.private_subnets)).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    for (const [path, text] of files) expect(text, path).not.toContain("us-east-1");
  });

  it("come out the same whatever the order of keys", () => {
    const tags = { team: "ml", app: "aura" };
    const network = { cidr: "10.1.0.0/16", nat: "per-az", flowLogs: true };
    const reversed = (object: object) => Object.fromEntries(Object.entries(object).toReversed());
    const one = terraformOf({ tags, network, owner: "ml" });
    const other = terraformOf({ owner: "ml", network: reversed(network), tags: reversed(tags) });
    expect([...other.files]).toEqual([...one.files]);
  });

  it("are all that differs between environments", () => {
    const changed = {
      region: "us-west-2",
      network: { nat: "per-az", flowLogs: true },
      cluster: { kms: true, identity: "pod-identity" },
    };
    const [one, other] = [terraformOf().files, terraformOf(changed).files];
    const different = [...one]
      .filter(([path, text]) => other.get(path) !== text)
      .map(([path]) => path.split("/").at(-1));
    expect(different).toEqual(["terraform.tfvars.json", "state.s3.tfbackend", "karpenter-controller-policy.json"]);
  });
});
