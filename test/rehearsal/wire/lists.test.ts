import { afterAll, beforeAll, expect, test } from "vitest";

import { configMap, refOf } from "../core/objects.ts";
import { openWire, raw } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
const configMaps = "/api/v1/namespaces/default/configmaps";
let before = "";

beforeAll(async () => {
  opened = await openWire({ historyLimit: 20 });
  for (const name of ["a", "b", "c"]) opened.core.create(configMap(name));
  before = opened.core.resourceVersion();
  opened.core.delete(refOf(configMap("b")));
  opened.core.create(configMap("aa"));
  opened.core.replace(configMap("c", { changed: "yes" }));
});
afterAll(() => opened.close());

async function list(query: string) {
  const { status, text } = await raw(opened.wire, { path: `${configMaps}?${query}` });
  const body = JSON.parse(text);
  const names = body.items?.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  return { status, body, names };
}

test("lists the latest unless asked otherwise", async () => {
  for (const query of [
    "",
    "resourceVersion=0",
    `resourceVersion=${before}`,
    `resourceVersion=${before}&resourceVersionMatch=NotOlderThan`,
  ])
    expect((await list(query)).names).toEqual(["a", "aa", "c"]);
});

test("lists what was at an exact version", async () => {
  const { names, body } = await list(`resourceVersion=${before}&resourceVersionMatch=Exact`);
  expect([names, body.items[2].data, body.metadata.resourceVersion]).toEqual([["a", "b", "c"], undefined, before]);
});

test("pages through an exact version", async () => {
  const first = await list(`resourceVersion=${before}&limit=1`);
  const second = await list(`limit=5&continue=${first.body.metadata.continue}`);
  expect([first.names, first.body.metadata.remainingItemCount, second.names]).toEqual([["a"], 2, ["b", "c"]]);
});

test("does not count what a selection leaves", async () => {
  const { body } = await list("limit=1&fieldSelector=metadata.name!=zz");
  expect([typeof body.metadata.continue, body.metadata.remainingItemCount]).toEqual(["string", undefined]);
});

test.each([
  ["resourceVersionMatch=Exact", 422, "resourceVersionMatch is forbidden unless resourceVersion is provided"],
  ["resourceVersion=0&resourceVersionMatch=Exact", 422, 'is forbidden for resourceVersion "0"'],
  ["resourceVersion=1&resourceVersionMatch=Some", 422, 'Unsupported value: "Some"'],
  ["sendInitialEvents=true", 422, "sendInitialEvents is forbidden for list"],
  ["watch=1&sendInitialEvents=true", 422, "requires setting resourceVersionMatch to NotOlderThan"],
  ["watch=1&resourceVersionMatch=Exact", 422, "forbidden for watch unless sendInitialEvents"],
  ["resourceVersion=99999&resourceVersionMatch=Exact", 504, "Too large resource version"],
  ["resourceVersion=x&limit=1", 400, "invalid resource version"],
  ["continue=bm9wZQ", 400, "invalid continue token"],
])("refuses %s", async (query, status, message) => {
  const answer = await list(query);
  expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
});

test("expires what history no longer knows", async () => {
  const { body } = await list("limit=1");
  for (let index = 0; index < 30; index += 1) opened.core.create(configMap(`many-${index}`));
  expect((await list(`limit=1&continue=${body.metadata.continue}`)).status).toBe(410);
  expect((await list(`resourceVersion=${before}&resourceVersionMatch=Exact`)).status).toBe(410);
});
