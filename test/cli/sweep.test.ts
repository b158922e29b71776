import { expect, it } from "vitest";

import { project } from "../journeys/harness.ts";

const environment = "version: 1\nname: dev\nregion: us-east-1\ntarget: aws\n";

it("leaves an environment alone whose run is open", async () => {
  const made = await project({ environment });
  const begin = { at: 1, type: "begin", run: "r-1", target: "aws", reportDir: "report/r-1" };
  await made.write(".aura/dev/journal.jsonl", `${JSON.stringify(begin)}\n`);
  const { code, stderr } = await made.aura("sweep", "--delete", "--yes");
  expect(code).toBe(2);
  expect(stderr).toMatch(/dev is deployed from here[\s\S]*aura down/);
});

it.each([
  ["another's cluster", ["--cluster", "prod"], /no cluster of Aura is called prod/],
  ["two different names", ["--cluster", "aura-a", "--environment", "b"], /the cluster of b is aura-b, not aura-a/],
  ["regions of one environment", ["--regions", "us-east-1,eu-west-1"], /--regions goes with --expired/],
])("refuses %s", async (_, flags, message) => {
  const { code, stderr } = await (await project({ environment })).aura("sweep", ...flags);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

it("asks for a region where no file says one", async () => {
  const made = await project({ environment });
  const { code, stderr } = await made.aura("sweep", "--expired", "--file", "nowhere.yaml");
  expect(code).toBe(2);
  expect(stderr).toMatch(/no region is named/);
});

it("has nothing on AWS to sweep in a rehearsed pipeline", async () => {
  const made = await project({ environment });
  Object.assign(made, { env: { AURA_CLOUD: made.directory } });
  const { code, stderr } = await made.aura("sweep", "--expired");
  expect(code).toBe(2);
  expect(stderr).toMatch(/a rehearsal leaves nothing on AWS/);
});
