import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { github } from "../terraform/documents.ts";
import { workflows } from "./workflows.ts";

const { deploy, reaper, texts } = workflows();

/** The one of this repository itself too, which is written by hand. */
const all = readdirSync(".github/workflows").map((name): [string, string] => [
  name,
  readFileSync(`.github/workflows/${name}`, "utf8"),
]);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
type Jobs = Readonly<Record<string, { readonly [key: string]: unknown; readonly steps: readonly Step[] }>>;
const jobsOf = (text: string) => Object.entries(parse(text).jobs as Jobs);

describe.each(all)("%s", (_name, text) => {
  const steps = jobsOf(text).flatMap(([, job]) => job.steps);

  it("gives every job a time limit", () => {
    for (const [id, job] of jobsOf(text)) {
      expect(job["timeout-minutes"], id).toBeGreaterThan(0);
      expect(job["timeout-minutes"], id).toBeLessThanOrEqual(360);
    }
  });

  it("pins every action to a commit, with its version", () => {
    const uses = text.split("\n").filter((line) => /^\s*-?\s*uses:/.test(line));
    expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("puts no expression into a script", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  it("leaves no credentials of git behind", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBe(jobsOf(text).length);
    for (const step of checkouts) expect(step.with?.["persist-credentials"]).toBe(false);
  });

  it("stores no secret", () => {
    expect(text).not.toMatch(/secrets\.|AWS_SECRET|AWS_ACCESS_KEY/);
  });
});

describe("permissions", () => {
  it("are asked for by each job, and no more than it needs", () => {
    for (const one of [deploy, reaper]) {
      expect(one.permissions).toEqual({});
      for (const [id, job] of Object.entries<Jobs[string]>(one.jobs)) {
        const usesAws = job.steps.some(({ uses }) => uses?.startsWith("aws-actions/"));
        expect(job["permissions"], id).toEqual({ contents: "read", ...(usesAws && { "id-token": "write" }) });
      }
    }
  });

  it("come with the environment that the role asks for", () => {
    const named = workflows({ github: { ...github, environment: "production" } });
    expect([deploy.jobs.run.environment, deploy.jobs.destroy.environment]).toEqual(["dev", "dev"]);
    expect([named.deploy.jobs.run.environment, named.reaper.jobs.reap.environment]).toEqual([
      "production",
      "production-reaper",
    ]);
    expect(deploy.jobs.check.environment).toBeUndefined();
  });
});

describe("the workflow", () => {
  it("takes the steps in the order that they need", () => {
    const names = deploy.jobs.run.steps.map(({ name }: Step) => name);
    const order = [
      "Check out",
      "AWS credentials, by OIDC",
      "Plan, and its price by the hour",
      "Apply",
      "Outputs",
      "Cluster access",
      "Karpenter, by Helm",
      "Karpenter is ready",
      "Node pools and node classes",
      "App job and GPU test job",
      "Wait for completion",
      "Collect metrics, logs and outputs",
      "Summary report",
      "Keep journal and report",
    ];
    expect(names.filter((name: string) => order.includes(name))).toEqual(order);
  });

  it("queues runs of an environment, and drops none", () => {
    expect(deploy.concurrency).toEqual({
      group: "aura-${{ inputs.environment }}",
      "cancel-in-progress": false,
      queue: "max",
    });
    expect(reaper.concurrency.group).not.toBe("aura-dev");
  });

  it("has a cancel reach the commands that take long", () => {
    const steps: Step[] = [deploy, reaper]
      .flatMap((one) => Object.values<Jobs[string]>(one.jobs))
      .flatMap((job) => job.steps);
    const long = steps.filter(({ run = "" }) => /aura (up|run|wait|collect|down|sweep)/.test(run));
    expect(long).toHaveLength(11);
    for (const { run } of long) expect(run).toMatch(/^exec npx aura /);
    for (const { env } of [deploy, reaper]) expect(env.npm_config_script_shell).toBe("bash");
  });

  it("runs no package that the repository is not locked to", () => {
    for (const { env } of [deploy, reaper]) expect(env.npm_config_yes).toBe("false");
    const installs = [deploy, reaper].flatMap((one) =>
      Object.values<Jobs[string]>(one.jobs).map((job) => job.steps.find(({ name }) => name === "Install")?.run),
    );
    expect(installs).toEqual(["npm ci", "npm ci", "npm ci", "npm ci"]);
  });

  it("names the roles itself where aura.yaml names the repository", () => {
    const named = workflows({ github });
    const roles = named.deploy.jobs.run.steps.flatMap((step: Step) => step.with?.["role-to-assume"] ?? []);
    expect(roles).toEqual(Array(2).fill("arn:aws:iam::123456789012:role/AuraWorkflow-aura-dev"));
    expect(named.texts.join("")).not.toContain("vars.");
    expect(named.reaper.jobs.reap.if).toBeUndefined();
  });

  it("asks with what aura.yaml says as defaults", () => {
    const { inputs } = workflows({ name: "lab", region: "eu-west-1", ttl: "90m", pools: { cpu: {} } }).deploy.on
      .workflow_dispatch;
    const defaults = Object.entries<{ default: unknown }>(inputs).map(([name, input]) => [name, input.default]);
    expect(Object.fromEntries(defaults)).toEqual({
      ...{ action: "deploy-and-destroy", environment: "lab", region: "eu-west-1", gpu: false },
      ...{ ttl: 1.5, confirm: "" },
    });
  });

  it("has time for the jobs of the environment", () => {
    const minutes = (timeout: string) => workflows({ timeout, ttl: "2d" }).deploy.jobs.run["timeout-minutes"];
    expect([minutes("30m"), minutes("2h"), minutes("12h")]).toEqual([120, 210, 360]);
  });

  it("is not written for a cluster that is somebody else's", () => {
    expect(workflows({ target: "kubernetes" }).texts).toEqual([]);
  });

  it("says what it is in lines that fit", () => {
    expect(texts).toHaveLength(2);
    for (const text of texts) {
      expect(text).toMatch(/^# Generated from aura.yaml/);
      const long = text.split("\n").filter((line) => line.length > 120 && !/ (uses|if|description): /.test(line));
      expect(long).toEqual([]);
    }
  });
});

describe("the reaper", () => {
  it("sweeps its environment alone, every hour", () => {
    expect(reaper.on.schedule).toEqual([{ cron: "17 * * * *" }]);
    const { run } = reaper.jobs.reap.steps.at(-1);
    expect(run).toBe("exec npx aura sweep --expired --environment dev --delete --yes");
  });

  it("rests until it has a role", () => {
    expect(reaper.jobs.reap.if).toBe("${{ vars.AWS_REAPER_ROLE_ARN != '' }}");
  });
});
