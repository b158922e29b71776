import { afterAll, beforeAll, expect, test } from "vitest";

import type { KubeObject } from "../../../src/cluster/objects.ts";
import { configMap, job, nodePool, pod } from "../core/objects.ts";
import { openWire, raw } from "./open-wire.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
const table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const partial = (as: string) => `application/json;as=${as};v=v1;g=meta.k8s.io`;

beforeAll(async () => {
  opened = await openWire();
  opened.core.create(pod("p", {}, { labels: { a: "b" } }));
  opened.core.create(job("j", { completions: 3, parallelism: 2 }));
  opened.core.create(nodePool("general"));
  opened.core.create(configMap("c", { one: "1", two: "2" }));
  opened.core.create({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n", labels: { "node-role.kubernetes.io/worker": "" } },
    spec: { unschedulable: true },
  } as KubeObject);
});
afterAll(() => opened.close());

async function get(path: string, accept: string) {
  const { status, text } = await raw(opened.wire, { path, headers: { accept } });
  return { status, lines: text.split("\n"), body: JSON.parse(text.split("\n")[0] ?? "") };
}

const namespace = "/namespaces/default";
test.each<[string, string[], unknown[]]>([
  [`/api/v1${namespace}/pods`, ["Name", "Ready", "Status", "Restarts", "Age"], ["p", "0/1", "Pending", "0", "0s"]],
  [
    "/api/v1/nodes",
    ["Name", "Status", "Roles", "Age", "Version"],
    ["n", "Unknown,SchedulingDisabled", "worker", "0s", ""],
  ],
  [
    `/apis/batch/v1${namespace}/jobs`,
    ["Name", "Status", "Completions", "Duration", "Age"],
    ["j", "Running", "0/3", "", "0s"],
  ],
  [`/api/v1${namespace}/configmaps`, ["Name", "Data", "Age"], ["c", 2, "0s"]],
])("shows %s as a table", async (path, columns, cells) => {
  const { body } = await get(path, table);
  const definitions = body.columnDefinitions as { name: string; priority: number }[];
  const narrow = definitions.filter(({ priority }) => priority === 0);
  expect(narrow.map(({ name }) => name)).toEqual(columns);
  // real time passes in tests, a minute of the cluster in a second
  const shown = narrow.map((_, index) => body.rows[0].cells[index]);
  expect(shown.map((cell) => (/^\d+s$/.test(String(cell)) ? "0s" : cell))).toEqual(cells);
  expect([body.kind, body.metadata.resourceVersion]).toEqual(["Table", opened.core.resourceVersion()]);
});

test("shows wide columns of pods", async () => {
  const { body } = await get(`/api/v1${namespace}/pods/p`, table);
  expect(body.rows[0].cells.slice(5)).toEqual(["<none>", "<none>", "<none>", "<none>"]);
  expect(body.rows[0].object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { labels: { a: "b" } } });
});

test.each([
  ["None", null],
  ["Object", "Pod"],
])("puts %s of an object in its row", async (include, kind) => {
  const { body } = await get(`/api/v1${namespace}/pods?includeObject=${include}`, table);
  expect(body.rows[0].object?.kind ?? null).toBe(kind);
});

test("names columns with a watch's first event only", async () => {
  const { lines } = await get(`/api/v1/namespaces?watch=1&timeoutSeconds=1`, table);
  const tables = lines.slice(0, 2).map((line) => JSON.parse(line).object);
  expect(tables.map(({ columnDefinitions }) => columnDefinitions === null)).toEqual([false, true]);
});

test("shows partial metadata of one and of many", async () => {
  const one = await get(`/api/v1${namespace}/pods/p`, partial("PartialObjectMetadata"));
  expect(Object.keys(one.body)).toEqual(["kind", "apiVersion", "metadata"]);
  const many = await get(`/api/v1${namespace}/pods`, partial("PartialObjectMetadataList"));
  expect([many.body.kind, many.body.items[0].kind]).toEqual(["PartialObjectMetadataList", "PartialObjectMetadata"]);
});

test("shows partial metadata in watches and bookmarks", async () => {
  const { lines } = await get(
    "/api/v1/namespaces?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1",
    partial("PartialObjectMetadata"),
  );
  const kinds = lines.slice(0, 4).map((line) => JSON.parse(line).object.kind);
  expect(kinds).toEqual(Array.from({ length: 4 }, () => "PartialObjectMetadata"));
});

test.each([
  ["text/html", `/api/v1${namespace}/pods`],
  [partial("PartialObjectMetadata"), `/api/v1${namespace}/pods`],
  [partial("PartialObjectMetadataList"), `/api/v1${namespace}/pods/p`],
  [partial("Something"), `/api/v1${namespace}/pods/p`],
])("refuses to answer as %s", async (accept, path) => {
  const { status, body } = await get(path, accept);
  expect([status, body.reason]).toEqual([406, "NotAcceptable"]);
});

test("shows custom columns of a NodePool", async () => {
  const { body } = await get("/apis/karpenter.sh/v1/nodepools", table);
  const names = body.columnDefinitions.map(({ name }: { name: string }) => name);
  expect(names).toEqual(["Name", "NodeClass", "Nodes", "Ready", "Age", "Weight", "CPU", "Memory"]);
  expect(body.rows[0].cells.slice(0, 2)).toEqual(["general", "default"]);
});
