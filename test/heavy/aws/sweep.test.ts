import { expect, it } from "vitest";

import type { Inventory } from "../../../src/aws/sweep/inventory.ts";
import type { Remain } from "../../../src/aws/sweep/kind.ts";
import { kinds } from "../../../src/aws/sweep/kinds.ts";
import { project } from "../../journeys/harness.ts";
import { onAws } from "./aws.ts";
import { partition, seedWorld } from "./sweep-seed.ts";
import { oneOf, type World } from "./sweep-tags.ts";

const world = (environment: string, tags: World["tags"] = (all) => all): World => ({
  environment,
  cluster: `aura-${environment}`,
  tags,
});

interface Report {
  readonly ok: boolean;
  readonly environments: readonly (Inventory & { readonly removed: readonly Remain[] })[];
}

await onAws("sweeping an account that moto plays", (aws) => {
  const account = async () => {
    const made = await project({ environment: "version: 1\nname: dev\nregion: us-east-1\ntarget: aws\n" });
    made.env = aws().env;
    return made;
  };

  it("removes every kind and touches no decoy", { timeout: 300_000 }, async () => {
    const { inside } = aws();
    const ours = await seedWorld(inside, world("dev"));
    const decoys = {
      "other environment and cluster": await seedWorld(inside, world("dev-2")),
      "one tag only": await seedWorld(inside, { ...world("lone"), tags: () => ({}) }),
    };
    const made = await account();
    made.onLine = (line) => void process.stdout.write(`${Date.now() % 1e6} ${line}`);
    const dry = await made.aura("sweep", "-o", "json");
    expect(dry.code).toBe(0);
    const report = dry.json<Report>().environments[0];
    expect(report?.unchecked).toEqual([]);
    expect([...new Set(report?.found.map(({ kind }) => kind))].toSorted()).toEqual(
      kinds.map(({ name }) => name).toSorted(),
    );
    expect((await partition(ours)).gone).toEqual([]);

    const swept = await made.aura("sweep", "--delete", "--yes", "-o", "json");
    const left = await partition(ours);
    console.log(swept.stderr.slice(-3000), left.there);
    expect(swept.code).toBe(0);
    expect(left.there).toEqual([]);
    for (const [why, things] of Object.entries(decoys)) expect((await partition(things)).gone, why).toEqual([]);
  });
});
void oneOf;
