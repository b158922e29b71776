import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Cidr, cidrSize, cidrsOverlap, cidrText, parseCidr } from "../../../src/kernel/cidr.ts";
import { snakeCase } from "../../../src/synth/terraform/inputs.ts";
import { rootValues } from "../../../src/synth/terraform/values.ts";
import { known } from "../../spec/known.ts";
import { vpcs } from "../environments.ts";
import { endpointsWithoutNat, environmentOf, type Json, terraformOf } from "./documents.ts";

const zones = fc.constantFrom(...known.regions).chain((region) =>
  fc.record({
    region: fc.constant(region),
    zones: fc.shuffledSubarray(
      [..."abcf"].map((letter) => region + letter),
      { minLength: 2, maxLength: 3 },
    ),
  }),
);

const network = fc
  .record({
    cidr: vpcs.map(cidrText),
    nat: fc.constantFrom("none", "single", "per-az"),
    intraSubnets: fc.boolean(),
    endpoints: fc.subarray([...endpointsWithoutNat, "logs", "ecs"]),
    flowLogs: fc.boolean(),
  })
  .map((one) => ({ ...one, ...(one.nat === "none" && { endpoints: endpointsWithoutNat }) }));

const account = fc.stringMatching(/^\d{12}$/);
const role = fc
  .tuple(account, fc.stringMatching(/^[\w+=,.@-]{1,40}$/))
  .map(([id, name]) => `arn:aws:iam::${id}:role/${name}`);
const range = fc
  .tuple(fc.integer({ min: 8, max: 32 }), fc.nat(2 ** 31))
  .map(([prefix, base]) => cidrText({ prefix, base: base - (base % 2 ** (32 - prefix)) }));

const cluster = fc.record(
  {
    version: fc.constantFrom(...known.kubernetesVersions),
    publicEndpoint: fc.boolean(),
    accessCidrs: fc.uniqueArray(range, { maxLength: 4 }),
    adminPrincipals: fc.uniqueArray(role, { maxLength: 3 }),
    kms: fc.boolean(),
    logRetentionDays: fc.constantFrom(1, 7, 3653),
    systemNodes: fc.record({
      instanceTypes: fc.constant(["t3.large", "m6i.large"]),
      count: fc.integer({ min: 2, max: 10 }),
    }),
    identity: fc.constantFrom("irsa", "pod-identity"),
    permissionsBoundary: account.map((id) => `arn:aws:iam::${id}:policy/boundary`),
  },
  { requiredKeys: [] },
);

const github = fc.record({
  repository: fc.constant("acme/models"),
  ownerId: fc.integer({ min: 1 }),
  repositoryId: fc.integer({ min: 1 }),
  providerArn: account.map((id) => `arn:aws:iam::${id}:oidc-provider/token.actions.githubusercontent.com`),
});

/** Every combination that `aura.yaml` may say of what is on AWS. */
const files = fc
  .tuple(
    zones,
    fc.record(
      {
        network,
        cluster,
        github,
        owner: fc.stringMatching(/^[A-Za-z0-9 _.:/=+@-]{0,30}$/),
        tags: fc.dictionary(fc.stringMatching(/^x[a-z0-9-]{0,10}$/), fc.stringMatching(/^[A-Za-z0-9 =:-]{0,20}$/)),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([where, rest]) => ({ ...where, ...rest }));

const parsed = (text: string): Cidr => parseCidr(text) ?? { base: Number.NaN, prefix: 0 };

/** A value as `terraform.tfvars.json` has it. */
const written = (file: object): Json =>
  Object.fromEntries(Object.entries(rootValues(environmentOf(file))).map(([key, value]) => [snakeCase(key), value]));

describe("any environment that loads", () => {
  const { root } = terraformOf();
  const variables = Object.entries<Json>(root.variable);

  it("gives the root values of the types that it asks for", () => {
    fc.assert(
      fc.property(files, (file) => {
        const values = written(file);
        expect(Object.keys(root.variable)).toEqual(expect.arrayContaining(Object.keys(values)));
        for (const [name, { type, default: fallback }] of variables) {
          const value = values[name] ?? fallback;
          const sort = Array.isArray(value) ? "list" : typeof value;
          const expected = { string: "string", number: "number", bool: "boolean" }[type as string];
          expect(sort, name).toBe(expected ?? (type.startsWith("map") ? "object" : "list"));
          for (const one of expected ? [] : Object.values(value)) expect(typeof one, name).toBe("string");
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it("cuts subnets that fit its VPC and go out by a zone that can", () => {
    fc.assert(
      fc.property(files, (file) => {
        const values = written(file);
        const tiers = [values.public_subnets, values.private_subnets, values.intra_subnets];
        const subnets = tiers.flatMap((tier) => Object.values<string>(tier)).map(parsed);
        const vpc = parsed(values.cidr);
        const fits = (one: Cidr) => one.base >= vpc.base && one.base + cidrSize(one) <= vpc.base + cidrSize(vpc);
        expect(subnets.every(fits)).toBe(true);
        const pairs = subnets.flatMap((one, index) => subnets.slice(index + 1).map((other) => [one, other] as const));
        expect(pairs.some(([one, other]) => cidrsOverlap(one, other))).toBe(false);
        for (const tier of tiers) if (Object.keys(tier).length > 0) expect(Object.keys(tier)).toEqual(file.zones);
        for (const zone of Object.values<string>(values.nat_routes)) expect(values.nat_zones).toContain(zone);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it("becomes the same bytes each time, without a hole", () => {
    fc.assert(
      fc.property(files, (file) => {
        const { files: made } = terraformOf(file);
        for (const [path, text] of made)
          expect(text, path).not.toMatch(/undefined|NaN|\[object|TfToken|Token\[|": null/);
        expect([...terraformOf(file).files]).toEqual([...made]);
      }),
      { seed: 7, numRuns: 2 },
    );
  });
});
