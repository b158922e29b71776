import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";
import { manualClock } from "../../src/kernel/clocks.ts";
import { acquireLock } from "../../src/kernel/lock.ts";
import { adoptRun } from "../../src/lifecycle/adopt.ts";
import { insideStepNames } from "../../src/lifecycle/deploy.ts";
import { deployedEnvironments, refuseMoved } from "../../src/lifecycle/deployed.ts";
import { openRun, readJournal } from "../../src/lifecycle/journal.ts";
import { environmentPaths } from "../../src/lifecycle/paths.ts";
import { environmentOf } from "../aws/doctor/world.ts";
import { folder } from "../rehearsal/storage/keep.ts";

const clock = manualClock(9000);
const owner = { clock, host: "here", pid: process.pid, command: "aura down" };
const found = { run: "dev-1", begunAt: 1000, steps: ["account", "terraform"] };

async function place() {
  const directory = await folder();
  const environment = { ...environmentOf(), directory };
  const paths = environmentPaths(directory, environment.name);
  return { environment, directory, paths, adopt: (run = found) => adoptRun({ environment, found: run, ...owner }) };
}

test("a run taken on is as if begun here", async () => {
  const { adopt, paths, directory, environment } = await place();
  await adopt();
  expect(openRun(await readJournal(paths.journal))).toEqual({
    ...{ run: "dev-1", target: "aws", reportDir: join(directory, "report", "dev-1"), begunAt: 1000 },
    ...{ steps: [...found.steps, ...insideStepNames], destroying: false },
  });
  expect(await deployedEnvironments(directory)).toEqual([{ name: "dev", target: "aws", environment }]);
  await expect(readFile(paths.lock)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a run that is here is not taken on", async () => {
  const { adopt, paths } = await place();
  await adopt();
  await adopt({ ...found, run: "dev-2" });
  expect((await readJournal(paths.journal)).map(({ type }) => type)).toEqual(["begin"]);
});

test("nothing is taken on while somebody works here", async () => {
  const { adopt, paths, directory } = await place();
  const release = await acquireLock({ ...owner, path: paths.lock });
  await expect(adopt()).rejects.toMatchObject({ code: "LOCKED" });
  await release();
  expect(await deployedEnvironments(directory)).toEqual([]);
});

test("where the state is does not move", async () => {
  const { adopt, environment } = await place();
  await adopt();
  await expect(refuseMoved(environment)).resolves.toBeUndefined();
  const moved = { ...environment, aws: { ...environment.aws, state: "local", bucket: "mine" } as const };
  await expect(refuseMoved(moved)).rejects.toMatchObject({
    message: "aws.state and aws.bucket cannot change while dev is deployed",
    details: {
      problems: ["aws.state: s3 is deployed, local is wanted", "aws.bucket: Aura's own is deployed, mine is wanted"],
    },
  });
});
