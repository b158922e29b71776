import { expect, test } from "vitest";

import type { Advice } from "../../../src/cli/advise/advice.ts";
import { adviceText } from "../../../src/cli/advise/advice-text.ts";
import { adviceFromPrometheus } from "../../../src/cli/advise/from-prometheus.ts";
import { generateUsage, type UsageScenario } from "../../../src/trace/usage/generate-usage.ts";
import { fakePrometheus, serve } from "../../cluster/prometheus/fake-prometheus.ts";
import { project } from "../../journeys/harness.ts";
import { answers, exported, honored, named } from "./exported.ts";
import { expectGoldens } from "./golden.ts";

const scenarios: readonly UsageScenario[] = [
  "steady-training",
  "stalled",
  "dead-notebook",
  "idle-server",
  "tiny-kernels",
  "unbalanced",
];
const nowMs = Date.UTC(2026, 10, 25, 9, 0, 30);
const endMs = Date.UTC(2026, 10, 25, 9, 0, 0);
const usages = named(generateUsage({ seed: 41, each: 1, scenarios }));
const options = { nowMs, sinceSeconds: 86_400, region: "us-east-1" };

test("ranks what a cluster wastes by dollars", async () => {
  const server = await fakePrometheus(answers(exported(usages, endMs)));
  const advice = await adviceFromPrometheus({ url: server.url }, options);
  expect(advice.items.map(({ cause, subject }) => `${subject.replace(/-\d+$/, "")}: ${cause}`).sort()).toEqual([
    "team/dead-notebook: dead",
    "team/idle-server: dead",
    "team/stalled: stalled",
    "team/tiny-kernels: low-use",
    "team/unbalanced: unbalanced",
  ]);
  const dollars = advice.items.map(({ usd }) => usd ?? 0);
  expect(dollars).toEqual([...dollars].sort((a, b) => b - a));
  expect(advice.wasted.gpuHours).toBeLessThan(advice.held.gpuHours);
  await expectGoldens("prometheus", { ...advice, source: { ...advice.source, name: "http://localhost:9090" } });
});

test("reads pods by either way of labels", async () => {
  const renamedServer = await fakePrometheus(answers(exported(usages, endMs)));
  const honoredServer = await fakePrometheus(answers(exported(usages, endMs, honored)));
  const [one, other] = await Promise.all(
    [renamedServer, honoredServer].map(({ url }) => adviceFromPrometheus({ url }, options)),
  );
  expect(other?.items).toEqual(one?.items);
});

test("tells of GPUs that no pod has", async () => {
  const [usage] = usages;
  const held = exported(usage === undefined ? [] : [usage], endMs, () => ({
    namespace: "gpu-operator",
    pod: "dcgm-exporter-abc12",
  }));
  const server = await fakePrometheus(answers(held));
  const { items } = await adviceFromPrometheus({ url: server.url }, options);
  expect(items).toMatchObject([{ cause: "no-pod", subject: "ip-10-0-0-1", usd: expect.any(Number) }]);
});

test("says what it looked at where nothing is wasted", async () => {
  const healthy = named(generateUsage({ seed: 42, each: 2, scenarios: ["steady-training", "busy-server"] }));
  const server = await fakePrometheus(answers(exported(healthy, Math.floor(Date.now() / 60_000) * 60_000)));
  const made = await project();
  const { code, stdout, stderr } = await made.aura("advise", "--prometheus", server.url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("nothing wasted that could be seen");
  expect(stdout).toMatch(/looked {3}4 pods with \d+ GPUs, every 60 s for 24 h/);
});

test("names the metrics where there are none", async () => {
  const server = await fakePrometheus(() => []);
  const made = await project();
  const { code, stderr } = await made.aura("advise", "--prometheus", server.url);
  expect(code).toBe(2);
  expect(stderr).toContain("Prometheus knows no GPU of that time");
  expect(stderr).toContain("DCGM_FI_PROF_GR_ENGINE_ACTIVE");
  expect(stderr).toContain("helm install dcgm-exporter");
});

test("never prints the token", async () => {
  const server = await serve((_, response) => void response.writeHead(401).end("who?"));
  const made = await project();
  made.env = { AURA_PROMETHEUS_TOKEN: "t0ps3cret" };
  const outcomes = [
    await made.aura("advise", "--prometheus", server.url),
    await made.aura("advise", "--prometheus", server.url, "-o", "json"),
  ];
  expect(server.asked[0]?.headers.authorization).toBe("Bearer t0ps3cret");
  expect(JSON.stringify(outcomes)).not.toContain("t0ps3cret");
  expect(outcomes.map(({ code }) => code)).toEqual([2, 2]);
  expect(outcomes[1]?.json()).toMatchObject({
    ok: false,
    error: { code: "CLUSTER_UNREACHABLE", fix: "export AURA_PROMETHEUS_TOKEN=…" },
  });
});

test("survives hostile names and numbers", async () => {
  const metric = {
    UUID: "GPU-0",
    modelName: "\u001b[31mNVIDIA\u202e A10G",
    exported_pod: "a\u001b]0;x\u0007b\nc",
    exported_namespace: "<b>",
    Hostname: "h;rm -rf /",
  };
  const values = Array.from({ length: 1441 }, (_, minute): [number, string] => [
    endMs / 1000 - 86_400 + minute * 60,
    ["0", "1e309", "NaN", "-5", "9223372036854775794"][minute % 5] ?? "0",
  ]);
  const server = await fakePrometheus((query) =>
    query.startsWith("DCGM")
      ? [
          { metric, values },
          { metric: {}, values },
        ]
      : [],
  );
  const text = adviceText(await adviceFromPrometheus({ url: server.url }, options));
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e|NaN|Infinity/u);
  expect(text).not.toContain("rm -rf");
});

test("does not go on where a refused extra is missing", async () => {
  const held = exported(usages, endMs);
  const server = await serve((asked, response) => {
    const { query = "" } = asked.parameters;
    if (!query.startsWith("DCGM"))
      return void response.writeHead(422).end('{"status":"error","errorType":"execution","error":"no"}');
    response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result: held.get(query) ?? [] } }));
  });
  const advice: Advice = await adviceFromPrometheus({ url: server.url }, options);
  expect(advice.items.length).toBeGreaterThan(2);
  expect(advice.notes.join()).toContain("not measured: DCGM_FI_DEV_FB_TOTAL, network, disk, owner, requests");
});
