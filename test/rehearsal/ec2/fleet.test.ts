import { expect, it } from "vitest";

import type { Offering } from "../../../src/catalog/instance-type.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { type LaunchAnswer, simulatedEc2 } from "../../../src/rehearsal/ec2/fleet.ts";
import { privateDnsName, providerIdOf } from "../../../src/rehearsal/ec2/instance.ts";
import { isShort } from "../../../src/rehearsal/ec2/shortage.ts";
import type { Shortage } from "../../../src/spec/environment.ts";
import { market } from "../../planner/catalog.ts";

const source = { name: "made up for a test", asOf: "2026-01-01", estimate: true };

function start(shortages: readonly Shortage[] = []) {
  const clock = manualClock();
  const fleet = simulatedEc2({
    clock,
    random: seededRandom(1),
    region: "us-east-1",
    offerings: market,
    shortages,
    launchLatency: () => ({ launchMs: 5000, registerMs: 40_000, initializeMs: 20_000, source }),
    terminateMs: () => 30_000,
  });
  const heard: string[] = [];
  fleet.subscribe((event, { id }) => heard.push(`${event} ${id}`));
  return { clock, fleet, heard };
}

const types = (...values: string[]) => ({ key: "node.kubernetes.io/instance-type", operator: "In" as const, values });
const bought = (answer: LaunchAnswer) =>
  "instance" in answer ? textOf(answer.instance.offering) : answer.shortOf.map(textOf);
const textOf = ({ instanceType, capacityType, zone }: Offering) => `${instanceType.name} ${capacityType} ${zone}`;

it.each<[Shortage, boolean]>([
  [{ capacityType: "spot", instanceType: "g5.xlarge", zone: "us-east-1a" }, true],
  [{ capacityType: "*", instanceType: "g5.*", zone: "*" }, true],
  [{ capacityType: "*", instanceType: "*", zone: "us-east-1a" }, true],
  [{ capacityType: "on-demand", instanceType: "*", zone: "*" }, false],
  [{ capacityType: "*", instanceType: "g5.x", zone: "*" }, false],
  [{ capacityType: "*", instanceType: "*", zone: "us-east-1b" }, false],
])("shortage %j keeps g5.xlarge spot us-east-1a back: %s", (shortage, expected) => {
  const offering = market.find((one) => textOf(one) === "g5.xlarge spot us-east-1a") as Offering;
  expect(isShort([shortage], offering)).toBe(expected);
});

it("buys the cheapest offering that is asked for", () => {
  const { fleet } = start();
  expect(bought(fleet.launch("c", [types("g5.12xlarge", "g5.xlarge")]))).toBe("g5.xlarge spot us-east-1a");
  const onDemand = { key: "karpenter.sh/capacity-type", operator: "In" as const, values: ["on-demand"] };
  expect(bought(fleet.launch("c", [types("g5.xlarge"), onDemand]))).toBe("g5.xlarge on-demand us-east-1a");
});

it("leaves out spot that is dearer than on demand", () => {
  const { fleet } = start([{ capacityType: "spot", instanceType: "m7i.large", zone: "*" }]);
  // on demand m7i.large costs 0.10, spot m7i.4xlarge 0.24
  expect(bought(fleet.launch("c", [types("m7i.large", "m7i.4xlarge")]))).toEqual([
    "m7i.large spot us-east-1a",
    "m7i.large spot us-east-1b",
  ]);
  expect(bought(fleet.launch("c", [types("m7i.large", "m7i.4xlarge")]))).toBe("m7i.large on-demand us-east-1a");
});

it("remembers a shortage for three minutes", async () => {
  const { clock, fleet } = start([{ capacityType: "*", instanceType: "*", zone: "us-east-1a" }]);
  fleet.launch("c", [types("g5.xlarge")]);
  const offering = market.find((one) => textOf(one) === "g5.xlarge spot us-east-1a") as Offering;
  expect([fleet.unavailable.has(offering), fleet.unavailable.nextAtMs()]).toEqual([true, clock.now() + 180_000]);
  await clock.advance(180_000);
  expect([fleet.unavailable.has(offering), fleet.unavailable.nextAtMs()]).toEqual([false, undefined]);
});

it("ends an instance after its latency, once", async () => {
  const { clock, fleet, heard } = start();
  const answer = fleet.launch("c", [types("g5.xlarge")]);
  const id = "instance" in answer ? answer.instance.id : "";
  expect(id).toMatch(/^i-[0-9a-f]{17}$/);
  fleet.started(id);
  fleet.terminate(id);
  fleet.terminate(id);
  await clock.advance(29_999);
  expect(fleet.instances().map(({ state }) => state)).toEqual(["shutting-down"]);
  await clock.advance(1);
  expect([fleet.instances(), fleet.find(id)?.state, heard]).toEqual([[], "terminated", [`ended ${id}`]]);
});

it("warns two minutes before it takes a spot instance", async () => {
  const { clock, fleet, heard } = start();
  const answer = fleet.launch("c", [types("g5.xlarge")]);
  if (!("instance" in answer)) throw new Error("not launched");
  const { id, privateDnsName: name } = answer.instance;
  expect(fleet.interrupt(name)).toBe(false);
  fleet.started(id);
  expect(fleet.interrupt(name)).toBe(true);
  await clock.advance(119_999);
  expect(heard).toEqual([`warned ${id}`]);
  await clock.advance(1);
  expect(heard).toEqual([`warned ${id}`, `ended ${id}`]);
});

it("names instances as EC2 does", () => {
  expect(privateDnsName("10.0.1.2", "us-east-1")).toBe("ip-10-0-1-2.ec2.internal");
  expect(privateDnsName("10.0.1.2", "eu-west-1")).toBe("ip-10-0-1-2.eu-west-1.compute.internal");
  const { fleet } = start();
  const answer = fleet.launch("c", [types("g5.xlarge")]);
  expect("instance" in answer && providerIdOf(answer.instance)).toMatch(/^aws:\/\/\/us-east-1a\/i-/);
});
