import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { writeEksKubeconfig } from "../../../src/aws/eks/kubeconfig.ts";

const options = {
  cluster: "aura-dev",
  region: "eu-west-1",
  profile: "ml",
  endpoint: "https://ABC.gr7.eu-west-1.eks.amazonaws.com",
  certificateAuthority: "QUJD",
  program: ["/usr/bin/node", "/opt/aura/main.js"],
};

async function written(more: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), "aura-kubeconfig-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "kubeconfig");
  await writeEksKubeconfig(path, { ...options, ...more });
  return path;
}

it("asks aura for a token each time", async () => {
  const config = JSON.parse(await readFile(await written(), "utf8"));
  expect(config.users[0].user.exec).toMatchObject({
    command: "/usr/bin/node",
    args: ["/opt/aura/main.js", "token", "--cluster", "aura-dev", "--region", "eu-west-1", "--profile", "ml"],
    interactiveMode: "Never",
  });
  expect(config.clusters[0].cluster).toEqual({ server: options.endpoint, "certificate-authority-data": "QUJD" });
});

it("is for its user's eyes only", async () => {
  expect((await stat(await written())).mode & 0o777).toBe(0o600);
});

it("is left alone while nothing changes", async () => {
  const path = await written();
  const before = await stat(path);
  await writeEksKubeconfig(path, options);
  expect((await stat(path)).ino).toBe(before.ino);
  await writeEksKubeconfig(path, { ...options, endpoint: "https://other" });
  expect((await stat(path)).ino).not.toBe(before.ino);
});
