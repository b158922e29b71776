import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { inventory } from "../../../src/aws/sweep/inventory.ts";
import { terraformOf } from "../../synth/terraform/documents.ts";
import { onAws } from "./aws.ts";
import { findRealEngine, startProvider } from "./engine-wrapper.ts";

/** What an environment has that stays when its engine is forgotten. */
const made = [
  ...["EKS cluster", "EKS node group", "Elastic IP", "EventBridge rule", "IAM policy", "IAM role", "NAT gateway"],
  ...["OIDC provider", "SQS queue", "VPC", "VPC endpoint", "internet gateway", "launch template", "log group"],
  ...["route table", "security group", "subnet"],
];

const engine = findRealEngine();

await onAws("the engine with a stand-in of the AWS provider", (aws) => {
  test.skipIf(engine === undefined)("makes the things in the account and removes them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aura-provider-"));
    const provider = await startProvider({
      engine: `${engine}`,
      name: "tofu",
      bin: join(folder, "bin"),
      aws: aws().inside,
    });
    onTestFinished(async () => {
      provider.stop();
      await rm(folder, { recursive: true, force: true });
    });
    for (const [path, content] of terraformOf({}).files) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const cwd = join(folder, "terraform/environments/dev");
    await writeFile(
      join(cwd, "backend_override.tf.json"),
      JSON.stringify({ terraform: { backend: { local: { path: join(folder, "state") } } } }),
    );
    const run = (...args: string[]) =>
      new Promise<void>((resolve, reject) => {
        const child = spawn(join(provider.bin, "tofu"), [...args, "-no-color"], {
          cwd,
          env: { ...process.env, ...aws().env },
        });
        let said = "";
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
        child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(said))));
      });
    await run("init");
    await run("apply", "-auto-approve");
    const scope = { cluster: "aura-dev", environment: "dev", account: "123456789012", region: "us-east-1" };
    const there = await inventory(aws().inside, scope);
    expect([...new Set(there.found.map(({ kind }) => kind))].toSorted()).toEqual(made);
    expect(there.unchecked).toEqual([]);
    await run("destroy", "-auto-approve");
    const left = await inventory(aws().inside, scope);
    expect([left.found, left.unsure]).toEqual([[], []]);
    expect(await readFile(join(folder, "state"), "utf8")).toContain('"resources": []');
  });
});
