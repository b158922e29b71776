import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { backendOverride, placeOf } from "../../../src/aws/tofu/backend.ts";
import { engineEnv } from "../../../src/aws/tofu/engine-env.ts";
import { writeWorkFolder } from "../../../src/aws/tofu/work-folder.ts";

const folder = () => mkdtemp(join(tmpdir(), "aura-work-"));
const main = new Map([
  ["root/main.tf.json", "{}"],
  ["modules/VPC/main.tf.json", "{}"],
]);

test("files of an older environment go", async () => {
  const work = await folder();
  await writeWorkFolder(work, new Map([...main, ["root/github/main.tf.json", "{}"], ["root/old.tofu", ""]]));
  await writeWorkFolder(work, main);
  expect((await readdir(work, { recursive: true })).filter((path) => /\.(tf|tofu)/.test(path)).toSorted()).toEqual([
    "modules/VPC/main.tf.json",
    "root/main.tf.json",
  ]);
});

test("what the engine keeps there stays", async () => {
  const work = await folder();
  const kept = ["root/errored.tfstate", "root/aura.tfplan", "root/.terraform.lock.hcl", "root/.terraform/m/x.tf"];
  await mkdir(join(work, "root/.terraform/m"), { recursive: true });
  for (const path of kept) await writeFile(join(work, path), "kept");
  await writeWorkFolder(work, main);
  for (const path of kept) expect(await readFile(join(work, path), "utf8")).toBe("kept");
});

test("a file that is the same is not touched", async () => {
  const work = await folder();
  await writeWorkFolder(work, main);
  const path = join(work, "root/main.tf.json");
  const { ino } = await stat(path);
  await writeWorkFolder(work, main);
  expect((await stat(path)).ino).toBe(ino);
});

test("the state's bucket is locked, encrypted and of one account", () => {
  const s3 = { kind: "s3", bucket: "b", key: "k", region: "eu-west-1", accountId: "123456789012" } as const;
  expect(JSON.parse(backendOverride(s3))).toEqual({
    terraform: {
      backend: {
        s3: {
          ...{ bucket: "b", key: "k", region: "eu-west-1", encrypt: true, use_lockfile: true },
          ...{ allowed_account_ids: ["123456789012"], skip_region_validation: true },
        },
      },
    },
  });
  expect(placeOf(s3)).toBe("s3://b/k");
});

test("what would divert an engine is left out of its environment", () => {
  const env = { HOME: "/h", TF_WORKSPACE: "w", TF_DATA_DIR: "d", TF_CLI_ARGS_plan: "-destroy", TF_CLI_ARGS: "-x" };
  expect(engineEnv({ ...env, TF_PLUGIN_CACHE_DIR: "/c", TF_STATE_PERSIST_INTERVAL: "5" })).toEqual({
    ...{ HOME: "/h", TF_PLUGIN_CACHE_DIR: "/c" },
    ...{ TF_IN_AUTOMATION: "1", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" },
  });
});
