import { Agent, request } from "node:https";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { KubeObject } from "../../../src/cluster/objects.ts";
import { openCore } from "../../rehearsal/core/objects.ts";
import { openWire, token } from "../../rehearsal/wire/open-wire.ts";
import { counted, expectCleanPrototypes, json, mutated, runsOf } from "./cases.ts";
import { originals, widgetCrd } from "./originals.ts";
import { protobufOf } from "./protobuf-of.ts";

let opened: Awaited<ReturnType<typeof openWire>>;
const { core: example } = openCore();
example.create(widgetCrd);
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

beforeAll(async () => {
  opened = await openWire({ historyLimit: 200 });
  opened.core.create(widgetCrd);
  for (const object of originals)
    if (object.kind !== "CustomResourceDefinition") opened.core.create(object as KubeObject);
});
afterAll(async () => {
  agent.destroy();
  await opened.close();
});

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function ask({ method, path, headers, body }: Asked): Promise<{ status: number; text: string }> {
  const { port, certificatePem: ca } = opened.wire;
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${token}`, ...headers, "content-length": String(body.length) };
    const sent = request(
      { host: "127.0.0.1", port, ca, servername: "localhost", agent, method, path, headers: all },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    sent.on("error", reject).end(body);
  });
}

const types = [
  ...["application/json", "application/yaml", "application/json-patch+json", "application/merge-patch+json"],
  ...[
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
    "application/vnd.kubernetes.protobuf",
    "text/plain",
  ],
];
const odd = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1",
    "true",
    "x",
    "All",
    "None",
    "Exact",
    "1e400",
    "9".repeat(30),
    "%00",
    "é",
    "{}",
    "null",
    "Foreground",
  ),
  fc.string({ maxLength: 6 }),
);
const parameters = [
  ...["limit", "continue", "resourceVersion", "resourceVersionMatch", "labelSelector", "fieldSelector", "watch"],
  ...[
    "timeoutSeconds",
    "sendInitialEvents",
    "allowWatchBookmarks",
    "dryRun",
    "fieldManager",
    "fieldValidation",
    "force",
  ],
  ...[
    "gracePeriodSeconds",
    "propagationPolicy",
    "container",
    "tailLines",
    "limitBytes",
    "sinceSeconds",
    "sinceTime",
    "includeObject",
    "pretty",
  ],
];
const token64 = json.map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));
const query = fc
  .array(fc.tuple(fc.constantFrom(...parameters), fc.oneof({ weight: 6, arbitrary: odd }, token64)), { maxLength: 3 })
  .map((pairs) => new URLSearchParams(pairs).toString());

const asked: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    mutated(originals, 3),
    fc.constantFrom("", "", "", "status", "scale", "log", "binding", "eviction", "finalize", "exec", "x"),
    query,
    fc.constantFrom(...types),
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, json, fc.string()),
    fc.constantFrom(
      "",
      "application/json;as=Table;g=meta.k8s.io;v=v1",
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
      "*/*",
      "x",
    ),
  )
  .map(([method, object, subresource, parameters, type, other, accept]) => {
    const resource = example.kinds.of(object);
    const root = object.apiVersion.includes("/") ? `/apis/${object.apiVersion}` : "/api/v1";
    const inside = resource.namespaced ? "/namespaces/default" : "";
    const named =
      method === "POST" && subresource === ""
        ? []
        : [String(object.metadata.name), ...(subresource ? [subresource] : [])];
    // what streams ends by itself
    const timed = `timeoutSeconds=0.05&${parameters}`;
    const path = [`${root}${inside}/${resource.plural}`, ...named].join("/");
    const bytes = bodyOf(other === undefined ? object : other, type, object.kind);
    return { method, path: `${path}?${timed}`, headers: { "content-type": type, accept }, body: bytes };
  });

function bodyOf(value: unknown, type: string, kind: string): Buffer {
  if (type.endsWith("protobuf") && typeof value === "object" && value !== null && kind !== "CustomResourceDefinition") {
    try {
      return protobufOf(value as never);
    } catch {
      // no message can say it
    }
  }
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

test("any request is answered, and none with a bug", async () => {
  let requests = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 8, maxLength: 8 }), async (several) => {
      const answers = await Promise.all(several.map(ask));
      requests += several.length;
      for (const { status, text } of answers) {
        expect(status).toBeGreaterThanOrEqual(200);
        // the real server has a few of its own
        if (status === 500) expect(text).not.toContain("Internal error occurred");
      }
      expect(opened.errors.map(String)).toEqual([]);
    }),
    { ...runsOf(1000), endOnFailure: true },
  );
  counted(requests);
  expect((await ask({ method: "GET", path: "/readyz", headers: {}, body: Buffer.of() })).text).toBe("ok");
  expectCleanPrototypes();
});
