import { expect, it, test } from "vitest";

import type { Context } from "../../../src/cli/context.ts";
import { accountFacts } from "../../../src/cli/targets/aws/account-facts.ts";
import { awsSteps } from "../../../src/cli/targets/aws/aws-steps.ts";
import { awsTarget } from "../../../src/cli/targets/aws/aws-target.ts";
import { engineCredentials } from "../../../src/cli/targets/aws/engine-of.ts";
import { awsPlace } from "../../../src/cli/targets/aws/place.ts";
import { stepNames } from "../../../src/cli/targets/aws/step-names.ts";
import type { Commands } from "../../../src/kernel/commands.ts";
import { systemCommands } from "../../../src/kernel/system-commands.ts";
import type { Step } from "../../../src/lifecycle/step.ts";
import { loadEnvironment } from "../../../src/spec/load.ts";
import { type Answers, clientsOf, environmentOf, exception } from "../../aws/doctor/world.ts";
import { hastyClock } from "../../aws/sweep/fake-aws.ts";
import { folder } from "../../rehearsal/storage/keep.ts";
import { known } from "../../spec/known.ts";

const { signal } = new AbortController();
const run = { run: "dev-1", expiresAt: 0, observe: async () => {}, confirm: async () => undefined };

it("names the steps that another machine may have made", () => {
  const environment = loadEnvironment({ path: "/x/aura.yaml", text: "name: dev\ntarget: aws", variables: {}, known });
  const context = {
    process: { env: { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" } },
    clock: hastyClock(),
    commands: systemCommands,
  } as unknown as Context;
  const target = awsTarget(context, environment);
  expect(target.steps(run).map(({ name }) => name)).toEqual([...stepNames]);
});

/** The steps of an environment whose engine says `lines` and fails. */
async function steps(answers: Answers, lines: readonly object[] = []) {
  const environment = { ...environmentOf(), directory: await folder() };
  const called: string[] = [];
  const clients = clientsOf(
    new Proxy(answers, {
      get: (all, name: string) => (input: object) => {
        called.push(name);
        return all[name]?.(input as never) ?? {};
      },
    }),
  );
  const commands: Commands = {
    find: async (name) => `/bin/${name}`,
    async run({ args, onLine }) {
      const [verb = ""] = args;
      if (verb !== "version") called.push(`tofu ${verb}`);
      const said = verb === "destroy" ? lines.map((line) => JSON.stringify(line)) : [];
      for (const line of said) onLine?.(line, "stdout");
      const stdout = verb === "version" ? '{"terraform_version":"1.12.6"}' : "aws_vpc.this\n";
      return { code: verb === "destroy" ? 1 : 0, signal: null, stdout, stderr: "" };
    },
  };
  const context = { process: { env: {} }, clock: hastyClock(), commands } as unknown as Context;
  const account = async () => "123456789012";
  const all = awsSteps(
    {
      ...{ context, environment, clients, account, place: awsPlace(environment), usdPerHour: 1 },
      link: { connect: async () => Promise.reject(new Error("not connected to")) } as never,
      accountOptions: { clients, allowed: [], record: "/nowhere", problems: async () => [] },
      facts: async () => accountFacts(environment, clients, await account()),
    },
    run,
  );
  const step = (name: string) => all.find((each) => each.name === name) as Step;
  return { step, called };
}

const noBucket = () => {
  throw exception("NotFound", "NotFound", 404);
};

test("without its bucket there is no state", async () => {
  const { step, called } = await steps({ HeadBucket: noBucket });
  expect(await step("terraform").observe(signal)).toBe("absent");
  await step("state").undo(signal);
  expect(called).toEqual(["HeadBucket", "HeadBucket"]);
});

test("nothing is swept while the state is locked", async () => {
  const diagnostic = {
    severity: "error",
    summary: "Error acquiring the state lock",
    detail: "  ID:  x\n  Who: me@there",
  };
  const { step, called } = await steps({}, [{ type: "diagnostic", diagnostic }]);
  await expect(step("terraform").undo(signal)).rejects.toMatchObject({ code: "STATE_LOCKED" });
  called.length = 0;
  await expect(step("sweep").undo(signal)).rejects.toMatchObject({ code: "STATE_LOCKED" });
  expect(called).toEqual([]);
});

test("what else fails in Terraform is swept away", async () => {
  const diagnostic = { severity: "error", summary: "it broke", detail: "" };
  const { step, called } = await steps({}, [{ type: "diagnostic", diagnostic }]);
  await expect(step("terraform").undo(signal)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  called.length = 0;
  await step("sweep")
    .undo(signal)
    .catch(() => {});
  expect(called).toContain("DescribeVpcs");
});

test("a profile wins over what else names credentials", () => {
  const environment = { ...environmentOf(), aws: { ...environmentOf().aws, profile: "work" } };
  const env = { AWS_ACCESS_KEY_ID: "key", AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "arn", HOME: "/me" };
  expect(engineCredentials(env, environment)).toEqual({ HOME: "/me", AWS_PROFILE: "work" });
  expect(engineCredentials(env, environmentOf())).toEqual(env);
});
