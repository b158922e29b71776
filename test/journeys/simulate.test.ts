import { readdir } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import type { JobResults, RateResults } from "../../src/report/simulation/results.ts";
import { parseResults } from "../../src/report/simulation/results-schema.ts";
import { project } from "./harness.ts";

const header = "submit_s,duration_s,gpus,gpu_type,cpus,mem_gib,user,group,util,status,nodes,wait_s,warm";

/** Two users over two days: one comes back soon, one every few hours. */
function traceText(more: readonly string[] = []): string {
  const jobs = Array.from({ length: 60 }, (_, index) => {
    const at = index * 2400;
    return index % 3 === 0 ? `${at},900,1,,4,16,ada,vision,,passed,1,,` : `${at},600,2,,8,32,bob,text,,failed,1,,`;
  });
  return `${[header, ...jobs, ...more].join("\n")}\n`;
}

const timers = "karpenter-30s,cluster-autoscaler-10m,best-timer,clairvoyant";

async function simulated(...argv: string[]) {
  const made = await project();
  await made.write("trace.csv", traceText());
  const outcome = await made.aura("simulate", "--trace", "trace.csv", "--launch-seconds", "300", ...argv);
  return { made, outcome };
}

describe("aura simulate", () => {
  test("prints one object that fits its schema", async () => {
    const { outcome } = await simulated("-o", "json");
    expect(outcome.code).toBe(0);
    const results = parseResults(outcome.json()) as JobResults;
    expect(results.trace).toMatchObject({ name: "trace.csv", jobs: 60, users: 2, rejected: { count: 0 } });
    const names = results.policies.map(({ policy }) => policy);
    for (const name of ["aura", "karpenter-30s", "best-timer", "clairvoyant", "always-on"])
      expect(names).toContain(name);
    const losses = results.policies.map(({ lossSeconds }) => lossSeconds);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expect(results.tenants.map(({ tenant }) => tenant)).toEqual(["bob", "ada"]);
  });

  test("prints the same twice, but for the time it took", async () => {
    const [first, second] = await Promise.all([
      simulated("-o", "json", "--policy", "aura,randomized"),
      simulated("-o", "json", "--policy", "aura,randomized"),
    ]);
    const timeless = (text: string) => text.replaceAll(/"seconds":[\d.e-]+/g, "");
    expect(timeless(first.outcome.stdout)).toBe(timeless(second.outcome.stdout));
  });

  test("shows a table by default, and text is the same", async () => {
    const [table, text] = await Promise.all([
      simulated("--policy", timers),
      simulated("--policy", timers, "-o", "text"),
    ]);
    expect(table.outcome.code).toBe(0);
    expect(table.outcome.stdout).toMatch(/^trace\.csv · 60 jobs · 2 users/);
    expect(table.outcome.stdout).toMatch(/^\* {2}(best-timer|karpenter-30s)/m);
    expect(table.outcome.stdout).toMatch(/^= {2}clairvoyant/m);
    const timeless = (shown: string) => shown.replaceAll(/ +[\d.]+ s$/gm, "");
    expect(timeless(text.outcome.stdout)).toBe(timeless(table.outcome.stdout));
  });

  test("takes several policies, in commas and again", async () => {
    const { outcome } = await simulated("-o", "json", "--policy", "one-hour, karpenter-30s", "--policy", "one-hour");
    const { policies } = outcome.json<JobResults>();
    expect(policies.map(({ policy }) => policy)).toEqual(["karpenter-30s", "one-hour"]);
  });

  test("simulates a generated team where there is no trace", async () => {
    const made = await project();
    const argv = ["simulate", "--users", "3", "--days", "2", "--policy", "karpenter-30s", "-o", "json"];
    const { trace } = (await made.aura(...argv)).json<JobResults>();
    expect(trace).toMatchObject({ name: "a generated team of 3", format: "generated" });
    expect(trace.jobs).toBeGreaterThan(5);
  });

  test("cuts a trace by users and days", async () => {
    const { outcome } = await simulated(
      "-o",
      "json",
      "--policy",
      "karpenter-30s",
      "--without-users",
      "bob",
      "--days",
      "0..1",
    );
    expect(outcome.json<JobResults>().trace).toMatchObject({ users: 1, jobs: 12 });
  });

  test("lets waiting weigh as much as it is told", async () => {
    const [one, ten] = await Promise.all([
      simulated("-o", "json", "--policy", "best-timer"),
      simulated("-o", "json", "--policy", "best-timer", "--rho", "10"),
    ]);
    expect(one.outcome.json<JobResults>().world.breakEvenSeconds).toEqual([600, 600]);
    expect(ten.outcome.json<JobResults>().world.breakEvenSeconds).toEqual([3300, 3300]);
  });
});

describe("a report of a simulation", () => {
  test("is a page, its results, and a timeline that aura report reads", async () => {
    const { made, outcome } = await simulated("--policy", `aura,${timers}`, "--report", "out");
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/^report {3}.*out\/report\.html$/m);
    expect((await readdir(`${made.directory}/out`)).sort()).toEqual(["aura", "report.html", "results.json"]);
    const results = parseResults(JSON.parse(await made.read("out/results.json"))) as JobResults;
    expect(results.sweep).toHaveLength(4);
    expect(results.report?.timelinePolicy).toBe("aura");
    expect(await made.read("out/report.html")).toContain("What waiting is worth");
    const report = await made.aura("report", "out/aura", "-o", "json");
    expect(report.code).toBe(0);
    const { jobs } = report.json<{ jobs: { status: string; attempts: number }[] }>();
    expect(jobs).toHaveLength(60);
    expect(jobs.every(({ status, attempts }) => status === "succeeded" && attempts === 1)).toBe(true);
  });

  test("leaves nothing half written where the options are wrong", async () => {
    const { made, outcome } = await simulated("--report", "out", "--gpu", "b9000");
    expect(outcome.code).toBe(2);
    const left = await readdir(`${made.directory}/out`, { recursive: true });
    expect(left.filter((name) => /html|json/.test(name))).toEqual([]);
  });
});

describe("what cannot be simulated", () => {
  test.each([
    [["--policy", "auro"], "USAGE", "did you mean aura?"],
    [["--gpu", "a10gg"], "USAGE", "did you mean a10g?"],
    [["--region", "us-est-1"], "USAGE", "did you mean us-east-1?"],
    [["--rho", "-1"], "USAGE", "from 0 to 1000"],
    [["--seed", "1.5"], "USAGE", "whole number"],
    [["--days", "9..3"], "USAGE", "3..10"],
    [["--days", "90..93"], "USAGE", "other days"],
    [["--without-users", "adda"], "USAGE", "did you mean ada?"],
    [["--users", "3"], "USAGE", "leave out"],
  ] as const)("%j fails with %s and says %s", async (argv, code, words) => {
    const { outcome } = await simulated("-o", "json", ...argv);
    expect(outcome.code).toBe(2);
    const { ok, error } = outcome.json<{ ok: boolean; error: { code: string; fix: string } }>();
    expect([ok, error.code]).toEqual([false, code]);
    expect(error.fix).toContain(words);
  });

  test.each([
    ["an empty file", ""],
    ["a header alone", `${header}\n`],
    ["no known header", "a,b,c\n1,2,3\n"],
    ["zero bytes", "\0\0\0\0"],
    ["nothing but bad rows", `${header}\nNaN,1,1,,,,,,,,,,\n0,-5,1,,,,,,,,,,\n`],
    ["a list of nodes", "sn,cpu_milli,memory_mib,gpu,model\nnode-1,96000,786432,8,A10\n"],
    ["a line of ten million characters", `${header}\n${"9".repeat(10_000_000)}\n`],
  ])("%s fails with one sentence and exit 2", async (_, text) => {
    const made = await project();
    await made.write("trace.csv", text);
    const outcome = await made.aura("simulate", "--trace", "trace.csv", "--policy", "aura", "-o", "json");
    expect(outcome.code).toBe(2);
    const { error } = outcome.json<{ error: { code: string; message: string } }>();
    expect(error.code).toBe("FILE_INVALID");
    expect(error.message.length).toBeLessThan(300);
  });

  test("a folder and a missing file are told apart", async () => {
    const made = await project();
    const missing = await made.aura("simulate", "--trace", "nope.csv", "-o", "json");
    expect([missing.code, missing.json<{ error: { code: string } }>().error.code]).toEqual([2, "FILE_NOT_FOUND"]);
    const folder = await made.aura("simulate", "--trace", ".", "-o", "json");
    expect([folder.code, folder.json<{ error: { code: string } }>().error.code]).toEqual([2, "FILE_INVALID"]);
  });

  test("rows that are bad are counted and named, and the rest is simulated", async () => {
    const made = await project();
    const bad = ["NaN,900,1,,4,16,ada,,,passed,1,,", "100,-3,1,,4,16,ada,,,passed,1,,", "50,60,1"];
    const far = "10,60,1000000000,,4,16,ada,,,passed,1,,";
    await made.write("trace.csv", traceText([...bad, far]));
    const outcome = await made.aura("simulate", "--trace", "trace.csv", "--policy", "aura,clairvoyant", "-o", "json");
    expect(outcome.code).toBe(0);
    const { trace, policies } = outcome.json<JobResults>();
    const left = trace.neverFits.reduce((sum, { jobs }) => sum + jobs, 0);
    expect(trace.rejected.count + left).toBe(4);
    expect(policies.map(({ completed }) => completed)).toEqual([60, 60]);
  });

  test("rows out of order come to the same as rows in order", async () => {
    const made = await project();
    const [head = "", ...rows] = traceText().trimEnd().split("\n");
    await made.write("sorted.csv", traceText());
    await made.write("unsorted.csv", `${[head, ...rows.reverse()].join("\n")}\n`);
    const costs = await Promise.all(
      ["sorted.csv", "unsorted.csv"].map(async (file) => {
        const outcome = await made.aura("simulate", "--trace", file, "--policy", "karpenter-30s", "-o", "json");
        return outcome.json<JobResults>().policies.map(({ costUsd, wasteSeconds }) => [costUsd, wasteSeconds]);
      }),
    );
    expect(costs[0]).toEqual(costs[1]);
  });
});

describe("a trace of request rates", () => {
  const rates = Array.from({ length: 600 }, (_, bin) => {
    const rate = 20 + 10 * Math.sin((bin / 144) * 2 * Math.PI) + (bin % 7);
    return `${bin * 600},chat,${rate.toFixed(2)},9,1,100,50,1`;
  });
  const text = `t_s,model,rps,clients,cv,input_tokens,output_tokens,token_cover\n${rates.join("\n")}\n`;

  test("is recognised, and served", async () => {
    const made = await project();
    await made.write("rates.csv", text);
    const outcome = await made.aura("simulate", "--trace", "rates.csv", "-o", "json");
    expect(outcome.code).toBe(0);
    const results = parseResults(outcome.json()) as RateResults;
    expect(results).toMatchObject({ kind: "rates", trace: { series: 1, bins: 600, stepSeconds: 600 } });
    const [first] = results.policies;
    expect(first?.policy).toBe("clairvoyant");
    const table = await made.aura("simulate", "--trace", "rates.csv", "--policy", "aura,reactive");
    expect(table.stdout).toMatch(/^> {2}aura +[\d.]+ %/m);
  });

  test("has no report and other policies", async () => {
    const made = await project();
    await made.write("rates.csv", text);
    const reported = await made.aura("simulate", "--trace", "rates.csv", "--report", "out");
    expect([reported.code, reported.stderr]).toEqual([2, expect.stringContaining("--report is for traces of jobs")]);
    const unknown = await made.aura("simulate", "--trace", "rates.csv", "--policy", "reactiv");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("did you mean reactive?")]);
  });
});
