import { expect, test } from "vitest";

import { ApiError, type ObjectApi, type WatchEvent } from "../../src/cluster/api.ts";
import { informer } from "../../src/cluster/informer.ts";
import type { ConfigMap } from "../../src/cluster/objects.ts";
import { manualClock } from "../../src/kernel/clocks.ts";

const query = { apiVersion: "v1", kind: "ConfigMap" };
const object = (name: string, resourceVersion: string, uid = name): ConfigMap => ({
  ...query,
  kind: "ConfigMap",
  apiVersion: "v1",
  metadata: { name, namespace: "default", resourceVersion, uid },
});

type Watch = (from: string) => AsyncIterable<WatchEvent<ConfigMap>>;

/** An API whose lists and watches are given one after the other; the last watch stays open. */
function scripted(lists: (ConfigMap[] | Error)[], watches: Watch[]) {
  const asked: string[] = [];
  const api = {
    list: async () => {
      const next = lists.shift();
      asked.push("list");
      if (next === undefined) throw new Error("no list left");
      if (next instanceof Error) throw next;
      return { items: next, resourceVersion: "10" };
    },
    watch: (_: unknown, { resourceVersion, signal }: { resourceVersion: string; signal: AbortSignal }) => {
      asked.push(`watch ${resourceVersion}`);
      return watches.shift()?.(resourceVersion) ?? open(signal);
    },
  } as unknown as ObjectApi;
  return { api, asked };
}

async function* open(signal: AbortSignal): AsyncGenerator<never> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}

const ends = (...events: WatchEvent<ConfigMap>[]): Watch =>
  async function* () {
    yield* events;
  };
const fails = (error: Error, ...events: WatchEvent<ConfigMap>[]): Watch =>
  async function* () {
    yield* events;
    throw error;
  };

/** Runs an informer for `ms` on a clock of its own; what it told and what it asked. */
async function run(lists: (ConfigMap[] | Error)[], watches: Watch[], ms: number) {
  const { api, asked } = scripted(lists, watches);
  const clock = manualClock();
  const abort = new AbortController();
  const told: string[] = [];
  const errors: unknown[] = [];
  const done = informer<ConfigMap>(api, query, {
    clock,
    signal: abort.signal,
    onEvent: ({ type, object: { metadata } }) => told.push(`${type} ${metadata.name}`),
    onError: (error) => errors.push(error),
  });
  await clock.advance(ms);
  abort.abort();
  await done;
  return { told, asked, errors };
}

test("goes on where a watch ended", async () => {
  const { told, asked } = await run([[object("a", "1")]], [ends({ type: "ADDED", object: object("b", "12") })], 300);
  expect([told, asked]).toEqual([
    ["ADDED a", "ADDED b"],
    ["list", "watch 10", "watch 12"],
  ]);
});

test("goes on where a watch failed, and says so", async () => {
  const { told, asked, errors } = await run(
    [[]],
    [fails(new Error("broken"), { type: "ADDED", object: object("b", "12") })],
    300,
  );
  expect([told, asked, errors]).toEqual([["ADDED b"], ["list", "watch 10", "watch 12"], [new Error("broken")]]);
});

test("moves on with bookmarks", async () => {
  const { told, asked } = await run([[]], [ends({ type: "BOOKMARK", object: object("", "40") })], 300);
  expect([told, asked]).toEqual([[], ["list", "watch 10", "watch 40"]]);
});

test("lists anew when its version is too old", async () => {
  const before = [object("gone", "1"), object("same", "2"), object("changed", "3"), object("again", "4", "first")];
  const after = [object("same", "2"), object("changed", "13"), object("again", "14", "second"), object("new", "15")];
  const { told, errors } = await run([before, after], [fails(new ApiError(410, "Expired", "too old"))], 300);
  expect(told.slice(4)).toEqual(["DELETED gone", "MODIFIED changed", "DELETED again", "ADDED again", "ADDED new"]);
  expect(errors).toEqual([]);
});

test("waits longer after each failure", async () => {
  const down = Array.from({ length: 20 }, () => new Error("down"));
  const { asked } = await run(down, [], 200 + 400 + 800 + 1600 - 1);
  expect(asked).toHaveLength(4);
});

test("stops at once when aborted", async () => {
  const { asked } = await run([new Error("down")], [], 0);
  expect(asked).toEqual(["list"]);
});

test("what is kept small still tells what changed", async () => {
  const tooOld = fails(new ApiError(410, "Expired", "too old"));
  const lists = [
    [labelled("a", "1"), labelled("b", "1")],
    [labelled("a", "1"), labelled("c", "2")],
  ];
  const { api } = scripted(lists, [tooOld]);
  const clock = manualClock();
  const abort = new AbortController();
  const told: string[] = [];
  const done = informer<ConfigMap>(api, query, {
    clock,
    signal: abort.signal,
    keep: ({ metadata: { name = "", resourceVersion = "", uid = "" } }) => object(name, resourceVersion, uid),
    onEvent: ({ type, object: { metadata } }) => told.push(`${type} ${metadata.name} ${metadata.labels?.["l"] ?? "-"}`),
  });
  await clock.advance(60_000);
  abort.abort();
  await done;
  expect(told).toEqual(["ADDED a x", "ADDED b x", "DELETED b -", "ADDED c x"]);
});

function labelled(name: string, version: string): ConfigMap {
  const one = object(name, version);
  return { ...one, metadata: { ...one.metadata, labels: { l: "x" } } };
}
