import { describe, expect, it } from "vitest";

import { type Asking, answersOf } from "../../../src/cli/init/answers.ts";
import { fields } from "../../../src/cli/init/fields.ts";
import type { Machine } from "../../../src/cli/init/machine.ts";
import type { Failure } from "../../../src/kernel/failure.ts";

const knowing: Machine = {
  remote: async () => ({ host: "github.com", repository: "acme/models" }),
  account: async () => "111122223333",
  hasProvider: async () => true,
  ids: async () => ({ ownerId: 12, repositoryId: 345 }),
};
const ignorant: Machine = {
  remote: async () => undefined,
  account: async () => undefined,
  hasProvider: async () => undefined,
  ids: async () => undefined,
};

const answers = (asking: Partial<Asking>) =>
  answersOf({ flags: {}, env: {}, machine: knowing, prompts: undefined, command: "npx aura", ...asking });
const failure = async (asking: Partial<Asking>) => {
  const error = (await answers(asking).catch((thrown: unknown) => thrown)) as Failure;
  return { message: error.message, ...error.details };
};

describe("without a terminal", () => {
  it("takes what the machine knows, and defaults", async () => {
    expect(await answers({})).toEqual({
      name: "dev",
      account: "111122223333",
      region: "us-east-1",
      repository: "acme/models",
      ownerId: 12,
      repositoryId: 345,
      gpu: ["g4dn", "g5", "g6"],
      budget: 5,
    });
  });

  it("takes options before anything else", async () => {
    const flags = { account: "999988887777", repository: "acme/other", ownerId: "1", gpu: "p5, g6e,p5", budget: "0.5" };
    const given = await answers({ flags, env: { AWS_REGION: "eu-west-1" } });
    expect(given).toMatchObject({ account: "999988887777", repository: "acme/other", ownerId: 1, budget: 0.5 });
    expect([given.gpu, given.region]).toEqual([["p5", "g6e"], "eu-west-1"]);
    expect((await answers({ env: { AWS_REGION: "mars-1" } })).region).toBe("us-east-1");
  });

  it("names all that is missing, and the command that says it", async () => {
    expect(await failure({ machine: ignorant, flags: { region: "eu-west-1" } })).toMatchObject({
      message: "4 options missing: --account, --repository, --owner-id, --repository-id",
      fix:
        "npx aura init --region eu-west-1 --account $(aws sts get-caller-identity --query Account --output text) " +
        "--repository OWNER/NAME --owner-id $(gh api repos/OWNER/NAME --jq .owner.id) " +
        "--repository-id $(gh api repos/OWNER/NAME --jq .id)",
    });
  });

  it("asks for the repository's id alone where the owner's is open", async () => {
    const machine = { ...knowing, ids: async () => ({ ownerId: 12 }) };
    const { message, fix } = await failure({ machine, command: "node /opt/aura/dist/main.js" });
    expect(message).toBe("1 option missing: --repository-id");
    expect(fix).toBe("node /opt/aura/dist/main.js init --repository-id $(gh api repos/acme/models --jq .id)");
  });

  it("says why a server of GitHub's own software will not do", async () => {
    const machine = { ...knowing, remote: async () => ({ host: "git.acme.corp", repository: "acme/models" }) };
    const { message, problems } = await failure({ machine, flags: { ownerId: "1", repositoryId: "2" } });
    expect(message).toBe("1 option missing: --repository");
    expect(problems?.[0]).toContain("origin is on git.acme.corp");
  });

  it.each([
    ["account", "12345", 'an account\'s number, of 12 digits, got "12345"'],
    ["account", "11112222333a", 'got "11112222333a"'],
    ["region", "us-est-1", 'got "us-est-1"; did you mean "us-east-1"?'],
    ["gpu", "g5,g66", 'an instance family with GPUs, got "g66"; did you mean "g6"?'],
    ["gpu", "m7i", 'an instance family with GPUs, got "m7i"'],
    ["gpu", "", "got nothing"],
    ["budget", "NaN", 'an amount of US dollars above 0, up to 1000000, got "NaN"'],
    ["budget", "0", 'got "0"'],
    ["budget", "", "got nothing"],
    ["budget", "Infinity", 'got "Infinity"'],
    ["name", "Dev", 'a letter first, got "Dev"'],
    ["repository", "models", 'a repository as OWNER/NAME, got "models"'],
    ["repository", "https://github.com/acme/models", "a repository as OWNER/NAME"],
    ["repositoryId", "0", 'got "0"'],
    ["ownerId", "1e3", 'got "1e3"'],
    ["ownerId", "9999999999999999", "the number that GitHub's API gives as id"],
  ] as const)("refuses %s %j", async (name, text, says) => {
    const { problems, why } = await failure({ flags: { [name]: text } });
    expect(problems).toHaveLength(1);
    expect([problems?.[0], why]).toEqual([expect.stringContaining(says), "nothing was written"]);
  });

  it("names every wrong option at once", async () => {
    const { message, problems } = await failure({ flags: { budget: "x", account: "1", gpu: "h100" } });
    expect([message, problems?.length]).toEqual(["3 options cannot be taken", 3]);
  });
});

describe("on a terminal", () => {
  function typing(typed: Readonly<Record<string, string>> = {}) {
    const asked: [question: string, preset: string][] = [];
    const prompts: Asking["prompts"] = {
      async text({ question, preset }) {
        asked.push([question, preset]);
        return typed[question] ?? preset;
      },
      async choose({ question, preset, choices }) {
        asked.push([question, preset.join(",")]);
        expect(choices.map(({ name }) => name)).toContain("p5");
        return ["p5"];
      },
      confirm: async () => true,
    };
    return { asked, prompts };
  }

  it("asks for all that no option says, and offers what is known", async () => {
    const { asked, prompts } = typing({ "AWS account": "999988887777" });
    expect(await answers({ prompts, flags: { budget: "9" } })).toMatchObject({ account: "999988887777", gpu: ["p5"] });
    expect(asked).toEqual([
      ["Name of the environment", "dev"],
      ["AWS region", "us-east-1"],
      ["AWS account", "111122223333"],
      ["Repository on github.com", "acme/models"],
      ["Instance families with GPUs", "g4dn,g5,g6"],
    ]);
  });

  it("asks for the ids of the repository that was typed", async () => {
    const typed = { "Repository on github.com": "acme/new" };
    const ids: string[] = [];
    const machine = {
      ...knowing,
      async ids(repository: string) {
        ids.push(repository);
        return undefined;
      },
    };
    const { asked, prompts } = typing({ ...typed, [fields.ownerId.question]: "7" });
    const more = { [fields.repositoryId.question]: "8" };
    const { prompts: both } = typing({ ...typed, [fields.ownerId.question]: "7", ...more });
    await expect(answers({ machine, prompts })).rejects.toThrow("a prompt let");
    expect(await answers({ machine, prompts: both })).toMatchObject({ ownerId: 7, repositoryId: 8 });
    expect([ids[0], asked.length]).toEqual(["acme/new", 6]);
  });
});
