import { expect, test } from "vitest";

import { accountFacts } from "../../../src/cli/targets/aws/account-facts.ts";
import { findRun } from "../../../src/cli/targets/aws/find-run.ts";
import { stepNames } from "../../../src/cli/targets/aws/step-names.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import { environmentOf } from "../../aws/doctor/world.ts";
import { awsError, fakeAws } from "../../aws/sweep/fake-aws.ts";

const now = Date.UTC(2026, 10, 25, 6, 30);
const nothing = () => {
  throw awsError("ResourceNotFoundException");
};
const own = { "aura:environment": "dev", "aura:run": "dev-1", "aura:expires-at": "2026-11-25T08:00:00Z" };
const volume = { VolumeId: "vol-1", Tags: [{ Key: "aura:environment", Value: "dev" }] };
const managed = { ...volume, Tags: [...volume.Tags, { Key: "managed-by", Value: "aura" }] };

function find(tags: object | undefined, volumes: readonly object[] = []) {
  const { clients } = fakeAws({
    ...{ DescribeRule: nothing, GetQueueUrl: nothing, DescribeVolumes: () => ({ Volumes: volumes }) },
    DescribeCluster: () => (tags === undefined ? nothing() : { cluster: { status: "ACTIVE", tags } }),
  });
  const environment = environmentOf("ttl: 4h");
  const facts = async () => accountFacts(environment, clients, "123456789012");
  return findRun({ environment, clients, clock: manualClock(now), facts });
}

test("a run is what its cluster's tags say", async () => {
  const begunAt = Date.UTC(2026, 10, 25, 4);
  expect(await find(own)).toEqual({ run: "dev-1", begunAt, steps: stepNames });
});

test.each([
  ["nothing", undefined, []],
  ["a cluster that is somebody else's", { ...own, "aura:environment": "dev-2" }, []],
  ["a volume that one tag alone names", undefined, [volume]],
])("%s is no run", async (_, tags, volumes) => {
  expect(await find(tags, volumes)).toBeUndefined();
});

test.each([
  ["without a cluster", undefined, [managed]],
  ["beside a stranger's cluster", { "aura:run": "theirs" }, [managed]],
  ["whose tag would leave its folder", { ...own, "aura:run": "../../etc", "aura:expires-at": "never" }, []],
])("what is left %s is a run of its own", async (_, tags, volumes) => {
  expect(await find(tags, volumes)).toEqual({ run: "dev-found-20261125-063000", begunAt: now, steps: stepNames });
});
