import { expect, test } from "vitest";

import type { KubeEvent } from "../../../src/cluster/objects.ts";
import { inProcessApi } from "../../../src/rehearsal/core/api-client.ts";
import { startEventExpiry } from "../../../src/rehearsal/core/event-expiry.ts";
import { eventRecorder } from "../../../src/rehearsal/core/events.ts";
import { startGarbageCollector } from "../../../src/rehearsal/core/gc.ts";
import { configMap, openCore, pod, refOf } from "./objects.ts";

const query = { apiVersion: "v1", kind: "Event" };

test("counts what happens again", async () => {
  const { core, clock } = openCore();
  const created = core.create(pod("p"));
  const recorder = eventRecorder(core, clock, "default-scheduler");
  recorder.record(created, "Warning", "FailedScheduling", "no nodes available");
  await clock.advance(2000);
  recorder.record(created, "Warning", "FailedScheduling", "no nodes available");
  recorder.record(created, "Normal", "Scheduled", "assigned to n");
  const events = core.list<KubeEvent>({ ...query, fieldSelector: `involvedObject.uid=${created.metadata.uid}` }).items;
  expect(
    events
      .map(({ reason, count, firstTimestamp, lastTimestamp }) => [reason, count, firstTimestamp, lastTimestamp])
      .sort(),
  ).toEqual([
    ["FailedScheduling", 2, "2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z"],
    ["Scheduled", 1, "2026-01-01T00:00:02Z", "2026-01-01T00:00:02Z"],
  ]);
});

test("forgets events after an hour", async () => {
  const { core, clock } = openCore();
  const recorder = eventRecorder(core, clock, "test");
  const subject = core.create(pod("p"));
  // one that was there before, one that comes, one that happens again
  recorder.record(subject, "Normal", "Before", "m");
  const stop = startEventExpiry(core, clock);
  recorder.record(subject, "Normal", "New", "m");
  recorder.record(subject, "Normal", "Again", "m");
  await clock.advance(1_800_000);
  recorder.record(subject, "Normal", "Again", "m");
  await clock.advance(1_799_000);
  expect(core.list(query).items).toHaveLength(3);
  await clock.advance(2000);
  expect(core.list<KubeEvent>(query).items.map(({ reason }) => reason)).toEqual(["Again"]);
  await clock.advance(1_799_000);
  expect([core.list(query).items, clock.pending()]).toEqual([[], 0]);
  stop();
});

test("drops the eleventh similar event in ten minutes", async () => {
  const { core, clock } = openCore();
  const [one, other] = [core.create(pod("p")), core.create(pod("q"))];
  const recorder = eventRecorder(core, clock, "default-scheduler");
  const tell = (many: number) => {
    for (let index = 0; index < many; index += 1)
      recorder.record(one, "Warning", "FailedScheduling", `reason ${clock.now()} ${index}`);
  };
  tell(50);
  expect(core.list(query).items).toHaveLength(10);
  recorder.record(other, "Warning", "FailedScheduling", "of another pod");
  recorder.record(one, "Normal", "Scheduled", "another reason");
  expect(core.list(query).items).toHaveLength(12);
  await clock.advance(120_000);
  tell(50);
  expect(core.list(query).items).toHaveLength(14);
});

test("drops events in a namespace that closes", () => {
  const { core, clock } = openCore();
  startGarbageCollector(core);
  const namespace = core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" } });
  const held = core.create(configMap("a", {}, { namespace: "ns", finalizers: ["test/hold"] }));
  core.delete(refOf(namespace));
  eventRecorder(core, clock, "test").record(held, "Normal", "R", "m");
  expect(core.list(query).items).toEqual([]);
});

test("offers the core as an asynchronous client", async () => {
  const { core } = openCore();
  const api = inProcessApi(core);
  const created = await api.create(configMap("a", { k: "v" }));
  await expect(api.create(configMap("a"))).rejects.toMatchObject({ status: 409 });
  const abort = new AbortController();
  const heard: string[] = [];
  const watching = (async () => {
    const resourceVersion = created.metadata.resourceVersion ?? "";
    for await (const { type } of api.watch(created, { resourceVersion, signal: abort.signal })) {
      heard.push(type);
      if (type === "DELETED") abort.abort();
    }
  })();
  await api.patch(refOf(created), { data: { k: "w" } });
  await api.delete(refOf(created));
  await watching;
  expect(heard).toEqual(["MODIFIED", "DELETED"]);
});
