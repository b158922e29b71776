import { expect, it } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { awsTarget } from "../../../src/cli/targets/aws/aws-target.ts";
import { stepNames } from "../../../src/cli/targets/aws/step-names.ts";
import { systemClock } from "../../../src/kernel/clocks.ts";
import { systemCommands } from "../../../src/kernel/system-commands.ts";
import { loadEnvironment } from "../../../src/spec/load.ts";
import { known } from "../../spec/known.ts";

it("names the steps that another machine may have made", () => {
  const environment = loadEnvironment({ path: "/x/aura.yaml", text: "name: dev\ntarget: aws", variables: {}, known });
  const context = {
    process: { env: { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" } },
    clock: systemClock(),
    commands: systemCommands,
  } as unknown as Context;
  const target = awsTarget(context, environment);
  const run = { run: "dev-1", expiresAt: 0, observe: async () => {}, confirm: async () => undefined };
  expect(target.steps(run).map(({ name }) => name)).toEqual([...stepNames]);
});
