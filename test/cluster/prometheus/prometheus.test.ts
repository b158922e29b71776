import { expect, test } from "vitest";

import { queryRange } from "../../../src/cluster/prometheus.ts";
import { shownUrl } from "../../../src/cluster/prometheus-request.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { fakePrometheus, serve } from "./fake-prometheus.ts";

const range = { query: "up", startMs: 0, endMs: 3_600_000, stepSeconds: 60 };
const minutes = (count: number) => Array.from({ length: count }, (_, minute) => [minute * 60, String(minute)] as const);

async function failure(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error(`no failure but ${String(error)}`);
  return error;
}

test("puts a long time together from parts", async () => {
  const server = await fakePrometheus(() => [{ metric: { pod: "a" }, values: minutes(3000) }]);
  const [series, ...others] = await queryRange(server, { ...range, endMs: 2999 * 60_000 });
  expect(others).toEqual([]);
  expect(series?.values).toEqual(minutes(3000).map(([, value]) => Number(value)));
  expect(server.asked.length).toBe(5);
  expect(server.asked[0]?.parameters).toEqual({ query: "up", start: "0", end: "43140", step: "60" });
});

test("takes what is no number for nothing measured", async () => {
  const values = [
    [0, "+Inf"],
    [60, "NaN"],
    [120, "-Inf"],
    [180, ""],
    [240, "1e400"],
    [300, "0x1f"],
    [360, "0.5"],
  ] as const;
  const server = await fakePrometheus(() => [{ metric: {}, values }]);
  const [series] = await queryRange(server, range);
  expect(series?.values).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 31, 0.5]);
});

test("passes over series that are none", async () => {
  const server = await serve((_, response) => {
    const result = [
      null,
      7,
      {},
      { metric: { a: 1, b: "x" }, values: [[null, "1"], [60, 5], "x", [1e300, "1"], [120, "2"]] },
    ];
    response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
  });
  expect(await queryRange(server, range)).toEqual([
    { labels: { b: "x" }, timesMs: [60_000, 120_000], values: [Number.NaN, 2] },
  ]);
});

test("keeps a path before the API's", async () => {
  const server = await fakePrometheus(() => [], "/prometheus");
  await queryRange({ url: `${server.url}/prometheus/` }, range);
  await queryRange({ url: `${server.url}/prometheus/api/v1/query` }, range);
  expect(server.asked.map(({ path }) => path)).toEqual([
    "/prometheus/api/v1/query_range",
    "/prometheus/api/v1/query_range",
  ]);
});

test("sends a token, or a password in the URL", async () => {
  const server = await fakePrometheus(() => []);
  await queryRange({ url: server.url, token: "s3cret" }, range);
  await queryRange({ url: server.url.replace("//", "//me:pa%20ss@") }, range);
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer s3cret",
    `Basic ${Buffer.from("me:pa ss").toString("base64")}`,
  ]);
  expect(shownUrl("https://me:secret@prom.example/x/?token=secret#secret")).toBe("https://prom.example/x");
});

test("never sends a token by http elsewhere", async () => {
  const error = await failure(queryRange({ url: "http://prom.example", token: "s3cret" }, range));
  expect(error.code).toBe("USAGE");
  expect(JSON.stringify([error.message, error.details])).not.toContain("s3cret");
});

test.each([
  [401, "Unauthorized", "CLUSTER_UNREACHABLE", /HTTP 401/],
  [403, "<html>no</html>", "CLUSTER_UNREACHABLE", /HTTP 403/],
  [302, "", "CLUSTER_UNREACHABLE", /cannot ask/],
  [200, "<!doctype html><title>Grafana</title>", "CLUSTER_UNREACHABLE", /cannot ask/],
  [200, "", "CLUSTER_UNREACHABLE", /cannot ask/],
  [200, "[]", "CLUSTER_UNREACHABLE", /cannot ask/],
  [200, '{"status":"success","data":{"resultType":"vector","result":[]}}', "CLUSTER_UNREACHABLE", /cannot ask/],
  [
    422,
    '{"status":"error","errorType":"execution","error":"too many\\u001b[31m samples"}',
    "API_ERROR",
    /execution, too many \[31m samples/,
  ],
  [400, '{"status":"error","errorType":"bad_data","error":"parse error"}', "API_ERROR", /bad_data, parse error/],
  [503, '{"status":"error","errorType":"timeout"}', "API_ERROR", /HTTP 503, timeout/],
])("says what is wrong with HTTP %i %s", async (status, body, code, message) => {
  const server = await serve((_, response) => void response.writeHead(status).end(body));
  const error = await failure(queryRange({ url: server.url, token: "s3cret" }, range));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain(String.fromCharCode(27));
  expect(JSON.stringify(error.details)).not.toContain("s3cret");
});

test("says when nobody listens there", async () => {
  const error = await failure(queryRange({ url: "http://127.0.0.1:9" }, range));
  expect(error).toMatchObject({ code: "CLUSTER_UNREACHABLE", message: "cannot ask Prometheus at http://127.0.0.1:9" });
  expect(error.details.fix).toContain("port-forward");
});

test.each(["ftp://x", "localhost:9090", "", "prom"])("refuses %s as a URL", async (url) => {
  expect((await failure(queryRange({ url }, range))).code).toBe("USAGE");
});

test("gives up on silence and on floods", async () => {
  const silent = await serve(() => {});
  const error = await failure(queryRange({ url: silent.url, timeoutMs: 50 }, range));
  expect(error.details.why).toBe("it did not answer within 0.05 s");
  const flood = await serve((_, response) => void response.end("x".repeat(100_000)));
  expect((await failure(queryRange({ url: flood.url, mostBytes: 1000 }, range))).code).toBe("API_ERROR");
});

test("stops when it is told to", async () => {
  const silent = await serve(() => {});
  const stop = new AbortController();
  const asking = queryRange({ url: silent.url, signal: stop.signal }, range);
  stop.abort(new Failure("INTERRUPTED", "stopped"));
  expect((await failure(asking)).code).toBe("INTERRUPTED");
});
