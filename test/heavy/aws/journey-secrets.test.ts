import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { onWorld } from "./journey-world.ts";

onWorld("what a run on AWS leaves on this machine", (open) => {
  test("holds no credentials", async () => {
    const world = await open();
    const secrets = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map((name) => `${world.aws.env[name]}`);
    const env = { AWS_SESSION_TOKEN: "session-token-that-nobody-may-keep" };
    const told: string[] = [];
    const aura = async (...argv: string[]) => {
      const { code, stdout, stderr } = await world.aura(argv, { env });
      told.push(stdout, stderr);
      expect(code, stderr).toBe(0);
    };
    await aura("up", "--yes");
    await aura("run", "-o", "json");
    await aura("collect");
    const kept = await Promise.all([".aura", "report"].map((folder) => textsBelow(join(world.directory, folder))));
    await aura("down", "--yes");
    kept.push(await textsBelow(join(world.directory, "report")));
    const files = kept.flat();
    const tokens = ["k8s-aws-v1.", env.AWS_SESSION_TOKEN, ...secrets];
    const found = tokens.flatMap((token) => files.filter(({ text }) => text.includes(token)).map(({ path }) => path));
    expect(found).toEqual([]);
    expect(tokens.filter((token) => told.some((text) => text.includes(token)))).toEqual([]);
    const kubeconfig = files.find(({ path }) => path.endsWith("target/kubeconfig"));
    expect(kubeconfig?.mode).toBe(0o600);
    console.log(`files looked through: ${files.length}, with a secret: ${found.length}`);
  });
});

async function textsBelow(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // providers and charts come from elsewhere
  const own = entries.filter((entry) => entry.isFile() && !/\.terraform|\/helm\/.*\.tgz/.test(entry.parentPath));
  return Promise.all(
    own.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, mode: (await stat(path)).mode & 0o777, text: await readFile(path, "latin1") };
    }),
  );
}
