import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, test } from "vitest";

import type { Prompts } from "../../src/cli/init/prompts.ts";
import type { Remaining } from "../../src/cli/init/remaining.ts";
import { type Project, project } from "./harness.ts";
import { hasTerminals, startOnTerminal } from "./processes.ts";

/** A folder as it is before Aura, with a git repository in it unless `remote` is undefined. */
async function emptyProject(remote?: string): Promise<Project> {
  const made = await project();
  for (const name of readdirSync(made.directory)) rmSync(join(made.directory, name));
  // GitHub is not asked
  made.env = { PATH: process.env["PATH"] ?? "", GITHUB_API_URL: "http://127.0.0.1:9", AURA_SPEED: "2000" };
  if (remote !== undefined) git(made, "init", "-q", "-b", "main");
  if (remote) git(made, "remote", "add", "origin", remote);
  return made;
}

function git(made: Project, ...argv: string[]): void {
  const { status, stderr } = spawnSync("git", argv, { cwd: made.directory, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

const ids = ["--owner-id", "12", "--repository-id", "345"];
const account = ["--account", "111122223333", "--oidc-provider", "make"];
const all = [...account, ...ids, "--repository", "acme/models"];

interface Initialized {
  readonly wrote: readonly string[];
  readonly remaining: readonly Remaining[];
}

const commandsOf = (outcome: { json<T>(): T }) => outcome.json<Initialized>().remaining.map(({ command }) => command);

/** As it is committed; rewritten with UPDATE_GOLDEN set. */
function expectGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, "..", "golden", "init", name);
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

describe("an empty repository", () => {
  it("becomes one that is deployed by a workflow", async () => {
    const made = await emptyProject("git@github.com:acme/models.git");
    const outcome = await made.aura("init", ...account, ...ids);
    expect(outcome.code, outcome.stderr).toBe(0);
    expectGolden("aura.yaml", await made.read("aura.yaml"));
    const steady = outcome.stderr
      .replace(/(npm pack .* vendor) .* &&/, "$1 '/path/to/aura' &&")
      .replace(/^terraform -chdir/gm, "tofu -chdir")
      .replace(/\n\/.* pipeline\n/, "\nnode main.js pipeline\n");
    expectGolden("remaining.txt", steady);
    expect((await made.aura("synth", "--check")).code).toBe(0);
    const written = readdirSync(made.directory).filter((name) => name !== ".git");
    expect(written.toSorted()).toEqual([".github", ".gitignore", "Karpenter", "aura.yaml", "env.example", "terraform"]);
    expect(await made.read("env.example")).toContain("AURA_TTL=");
    const texts = [".github/workflows/cd-cd.yml", ".github/workflows/reaper.yml"].map((path) => made.read(path));
    expect((await Promise.all(texts)).join("")).not.toContain("vars.");
  });

  it("can rehearse its pipeline at once", async () => {
    const made = await emptyProject("");
    expect((await made.aura("init", ...all)).code).toBe(0);
    const outcome = await made.aura("pipeline", "-o", "json");
    const jobs = outcome.json<{ jobs: { id: string; result: string }[] }>().jobs;
    expect(
      jobs.map(({ id, result }) => `${id} ${result}`),
      outcome.stderr,
    ).toEqual(["check success", "run success", "destroy success"]);
    expect(await made.read(".aura/.pipeline/summary.md")).toContain("Nothing was found.");
  }, 120_000);

  it("is told of in JSON, with the same commands", async () => {
    const made = await emptyProject("https://github.com/acme/models");
    const outcome = await made.aura("init", ...account, ...ids, "--region", "eu-west-1", "--name", "lab", "-o", "json");
    const { wrote } = outcome.json<Initialized>();
    expect(wrote).toContain("terraform/environments/lab/github/main.tf.json");
    for (const path of wrote) expect(existsSync(join(made.directory, path)), path).toBe(true);
    const [roles, push, start] = commandsOf(outcome);
    expect(roles).toContain("-backend-config=bucket=aura-111122223333-eu-west-1");
    expect(push).toContain("&&\ngit push -u origin HEAD");
    expect(push).not.toContain("git init");
    expect(start).toBe("gh workflow run cd-cd.yml --repo acme/models");
    expect(readdirSync(made.directory, { recursive: true }).filter((name) => `${name}`.endsWith(".tmp"))).toEqual([]);
  });

  it("gets a pool that holds the smallest machine", async () => {
    const made = await emptyProject("");
    await made.aura("init", ...all, "--gpu", "p4d,g5", "--budget", "40");
    const text = await made.read("aura.yaml");
    expect(text).toContain("families: [p4d, g5]\n    limits: { gpus: 8 }");
    expect(text).toContain("budget: 40 ");
  });
});

describe("what is left to do", () => {
  it("begins with a repository where there is none", async () => {
    const made = await emptyProject();
    const [, push] = commandsOf(await made.aura("init", ...all, "-o", "json"));
    expect(push).toMatch(/^git init -b main &&\n/);
    expect(push).toContain("git remote add origin https://github.com/acme/models.git &&");
  });

  it("installs Aura only where the lock has none", async () => {
    const made = await emptyProject("");
    await made.write("package.json", '{ "devDependencies": { "aura": "file:vendor/aura.tgz" } }');
    await made.write(
      "package-lock.json",
      '{ "packages": { "node_modules/aura": { "resolved": "file:vendor/aura.tgz" } } }',
    );
    const [roles, push] = commandsOf(await made.aura("init", ...all, "-o", "json"));
    expect(roles).toMatch(/^npx aura init --github-role --bucket &&\n/);
    expect(push).toContain(" package-lock.json package.json terraform vendor/aura.tgz &&");
    rmSync(join(made.directory, "package-lock.json"));
    const [lacking, more] = commandsOf(await made.aura("init", ...all, "-o", "json"));
    expect(lacking).toContain("npm install --save-dev ./vendor/aura-0.0.0-test.tgz &&");
    expect(more).toContain(" package-lock.json package.json terraform vendor &&");
  });
});

test.runIf(hasTerminals)("Ctrl-C at a question writes nothing", async () => {
  const made = await emptyProject("");
  const { child, shows, ended, output } = startOnTerminal(made.directory, ["init"]);
  await shows(/Name of the environment/);
  child.stdin?.write("\x03");
  expect(await ended).toEqual({ code: 130, signal: null });
  expect(output()).toContain("error: stopped at a question: nothing was written");
  expect(readdirSync(made.directory)).toEqual([".git"]);
});

describe("files that are there", () => {
  const others = { "aura.yaml": "name: mine\n", "terraform/modules/VPC/main.tf.json": "{}\n" };

  async function occupied(): Promise<Project> {
    const made = await emptyProject("");
    for (const [path, text] of Object.entries(others)) await made.write(path, text);
    await made.write(".gitignore", "dist\n");
    return made;
  }

  async function expectUntouched(made: Project): Promise<void> {
    for (const [path, text] of Object.entries(others)) expect(await made.read(path)).toBe(text);
    expect(await made.read(".gitignore")).toBe("dist\n");
    expect(existsSync(join(made.directory, ".github"))).toBe(false);
  }

  it("are all named, and nothing is written", async () => {
    const made = await occupied();
    const outcome = await made.aura("init", ...all, "-o", "json");
    expect(outcome.code).toBe(2);
    const fix = ` init ${all.join(" ")} -o json --force`;
    expect(outcome.json()).toMatchObject({ ok: false, error: { code: "USAGE", problems: Object.keys(others) } });
    expect(outcome.json<{ error: { fix: string } }>().error.fix).toContain(fix);
    await expectUntouched(made);
    expect((await made.aura("init", ...all, "--yes")).code).toBe(2);
    await expectUntouched(made);
  });

  it("are overwritten by force, and .gitignore only grows", async () => {
    const made = await occupied();
    expect((await made.aura("init", ...all, "--force")).code).toBe(0);
    expect(await made.read("aura.yaml")).toContain("name: dev\n");
    expect(await made.read(".gitignore")).toMatch(/^dist\nnode_modules\//);
    const again = await made.aura("init", ...all);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("all 27 files are here already")]);
  });

  it("stay when whoever is asked says no", async () => {
    const made = await occupied();
    const asked: [string, boolean][] = [];
    made.prompts = typing(async (question, preset) => {
      asked.push([question, preset]);
      return false;
    });
    const outcome = await made.aura("init", ...all);
    expect([outcome.code, asked]).toEqual([3, [["Overwrite?", false]]]);
    for (const path of Object.keys(others)) expect(outcome.stderr).toContain(`  ${path}\n`);
    await expectUntouched(made);
    made.prompts = typing(async () => true);
    expect((await made.aura("init", ...all)).code).toBe(0);
  });

  it("leave nothing half written where a folder is in the way", async () => {
    const made = await emptyProject("");
    await made.write("env.example/file", "");
    const outcome = await made.aura("init", ...all);
    expect([outcome.code, outcome.stderr]).toEqual([2, expect.stringContaining("it is a folder, not a file")]);
    expect(readdirSync(made.directory).toSorted()).toEqual([".git", "env.example"]);
  });
});

describe("bad input", () => {
  it("is named at once, before anything is asked or written", async () => {
    const made = await emptyProject("");
    made.prompts = typing(async () => true);
    const outcome = await made.aura("init", ...all, "--account", "12", "--budget", "NaN", "--gpu", "g55", "-o", "json");
    expect(outcome.code).toBe(2);
    expect(readdirSync(made.directory)).toEqual([".git"]);
  });

  it.each([
    ["no folder of git", undefined, "this folder has no git remote origin"],
    ["a remote elsewhere", "git@git.acme.corp:acme/models.git", "origin is on git.acme.corp"],
    ["a remote on this machine", "/srv/acme/models.git", "this folder has no git remote origin"],
  ])("that is missing is told of: %s", async (_what, remote, says) => {
    const made = await emptyProject(remote);
    const { code, stderr } = await made.aura("init", ...account, ...ids);
    expect(code).toBe(2);
    expect(stderr).toContain("1 option missing: --repository");
    expect(stderr).toContain(says);
    expect(stderr).toContain(` init --account 111122223333 --owner-id 12 --repository-id 345 --repository OWNER/NAME`);
  });

  it("is a folder below the repository's own", async () => {
    const made = await emptyProject("");
    await made.write("apps/models/x", "");
    const below = { ...made, directory: join(made.directory, "apps/models") };
    const { stderr, status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "../../dist/main.js"), "init", ...all],
      { cwd: below.directory, encoding: "utf8", env: made.env },
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining("fix    cd ../../")]);
  });

  it("is an option of the roles without them", async () => {
    const made = await emptyProject("");
    const { code, stderr } = await made.aura("init", ...all, "--print");
    expect([code, stderr]).toEqual([2, expect.stringContaining("fix    aura init --github-role --print")]);
  });
});

describe("the roles alone", () => {
  it("are shown as IAM takes them", async () => {
    const made = await emptyProject();
    const outcome = await made.aura("init", "--github-role", "--print", ...all);
    expect(outcome.code, outcome.stderr).toBe(0);
    expectGolden("github-role.json", outcome.stdout);
    expect(readdirSync(made.directory)).toEqual([]);
  });

  it("are written from what aura.yaml says", async () => {
    const made = await emptyProject("");
    await made.aura("init", ...all, "--name", "lab");
    rmSync(join(made.directory, "terraform"), { recursive: true });
    const outcome = await made.aura("init", "--github-role", "-o", "json");
    expect(outcome.json<Initialized>().wrote).toEqual([
      "terraform/modules/IAM/github/main.tf.json",
      "terraform/modules/IAM/github/README.md",
      "terraform/environments/lab/github/main.tf.json",
      "terraform/environments/lab/github/terraform.tfvars.json",
      "terraform/environments/lab/github/state.s3.tfbackend",
    ]);
    expect(commandsOf(outcome)).toHaveLength(1);
    expect(outcome.json<{ roles: object[] }>().roles).toHaveLength(2);
  });

  it("are not described twice", async () => {
    const made = await emptyProject("");
    await made.aura("init", ...all);
    const outcome = await made.aura("init", "--github-role", "--account", "999988887777", "--oidc-provider", "use");
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain("aura.yaml says already what --account, --oidc-provider would say");
  });
});

/** Somebody on a terminal who takes every offer, and answers yes-or-no questions. */
function typing(confirm: Prompts["confirm"]): Prompts {
  return {
    text: async ({ preset, problemOf }) => {
      expect(problemOf(preset)).toBeUndefined();
      return preset;
    },
    choose: async ({ preset }) => preset,
    confirm,
  };
}
