import { expect, test } from "vitest";

import type { ManualClock } from "../../../src/kernel/clocks.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { simulatedEc2 } from "../../../src/rehearsal/ec2/fleet.ts";
import type { Instance } from "../../../src/rehearsal/ec2/instance.ts";
import { market } from "../../planner/catalog.ts";
import { folder, openCore } from "./keep.ts";

const source = { name: "made up for a test", asOf: "2026-01-01", estimate: true };

function openFleet(dataDir: string, machine: ManualClock) {
  const { storage } = openCore(dataDir, { machine });
  const fleet = simulatedEc2({
    clock: machine,
    random: seededRandom(1),
    region: "us-east-1",
    offerings: market,
    shortages: [],
    launchLatency: () => ({ launchMs: 5000, registerMs: 40_000, initializeMs: 20_000, source }),
    terminateMs: () => 30_000,
    journal: storage,
  });
  const ended: string[] = [];
  fleet.subscribe((event, { id }) => event === "ended" && ended.push(id));
  const close = async () => {
    fleet.stop();
    await storage.close();
  };
  return { fleet, ended, close };
}

test("instances go on across a restart", async () => {
  const dataDir = await folder();
  const machine = manualClock();
  const first = openFleet(dataDir, machine);
  const buy = (claim: string) => (first.fleet.launch(claim, []) as { instance: Instance }).instance.id;
  const [pending, leaving, warned, gone] = ["pending", "leaving", "warned", "gone"].map(buy) as [string, ...string[]];
  for (const id of [leaving, warned, gone]) first.fleet.started(id ?? "");
  first.fleet.terminate(gone ?? "");
  await machine.advance(31_000);
  first.fleet.terminate(leaving ?? "");
  first.fleet.interrupt(first.fleet.find(warned ?? "")?.privateDnsName ?? "");
  await machine.advance(10_000);
  const before = first.fleet.instances();
  await first.close();

  await machine.advance(5000);
  const { fleet, ended, close } = openFleet(dataDir, machine);
  expect(fleet.instances()).toEqual(before);
  expect([fleet.ofClaim("pending")?.id, fleet.find(gone ?? "")?.state]).toEqual([pending, "terminated"]);
  expect([fleet.wasInterrupted(), fleet.interrupt("ip-of-nobody")]).toEqual([true, false]);
  await machine.advance(15_000);
  expect(ended).toEqual([leaving]);
  await machine.advance(90_000);
  expect(ended).toEqual([leaving, warned]);
  const fresh = fleet.launch("fresh", []) as { instance: Instance };
  expect(before.map(({ privateIp }) => privateIp)).not.toContain(fresh.instance.privateIp);
  await close();
});
