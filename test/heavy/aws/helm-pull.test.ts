import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { type Chart, chartFile } from "../../../src/aws/helm/chart.ts";
import { type HelmRun, helmRunner } from "../../../src/aws/helm/helm-run.ts";
import { findHelm } from "../../../src/aws/helm/program.ts";
import { findTools } from "../clients/tools.ts";
import { charts, helmPlace, type Place } from "./helm-cluster.ts";
import { type Registry, startRegistry } from "./helm-registry.ts";

const tools = await findTools();
const { signal } = new AbortController();

describe.skipIf(tools.bin === undefined)(`a pulled chart ${tools.problem}`, () => {
  let place: Place;
  let registry: Registry;
  let run: HelmRun;
  let chart: Buffer;
  beforeAll(async () => {
    place = await helmPlace(`${tools.bin}:${process.env["PATH"]}`, "/nowhere");
    const home = place.env["HOME"] ?? "";
    execFileSync(join(tools.bin ?? "", "helm"), ["package", join(charts, "karpenter"), "-d", home], { env: place.env });
    chart = readFileSync(join(home, "karpenter-1.14.1.tgz"));
    registry = await startRegistry(chart);
    const trusted = join(home, "ca.pem");
    writeFileSync(trusted, registry.certificate);
    // logins that must not be used: docker's and helm's own
    const auths = { auths: { [registry.host]: { auth: Buffer.from("AWS:expired").toString("base64") } } };
    for (const path of [".docker", ".config/helm/registry"]) {
      mkdirSync(join(home, path), { recursive: true });
      writeFileSync(join(home, path, "config.json"), JSON.stringify(auths));
    }
    const options = { ...place, env: { ...place.env, SSL_CERT_FILE: trusted } };
    run = helmRunner(options, await findHelm(options.commands, options.env));
  });
  beforeEach(() => {
    registry.trouble.length = 0;
    registry.logins.length = 0;
    registry.isPrivate = false;
  });
  afterAll(async () => {
    await registry.close();
    await place.remove();
  });

  const oci = (): Chart => ({ from: `oci://${registry.host}/karpenter/karpenter`, version: "1.14.1" });
  const pull = (wanted: Chart) => chartFile(wanted, { ...place, run, signal });

  test("comes by its version and digest", async () => {
    const path = await pull({ ...oci(), digest: registry.digest });
    expect(readFileSync(path).equals(chart)).toBe(true);
    expect(registry.logins).toEqual([]);
  });

  test("is refused when it is another", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    await expect(pull({ ...oci(), digest })).rejects.toMatchObject({
      code: "CHART_FAILED",
      message: expect.stringContaining("is another one than was checked"),
      details: { problems: [`expected ${digest}`, `got ${registry.digest}`] },
    });
  });

  test("comes as a file by its checksum", async () => {
    const from = `https://${registry.host}/chart.tgz`;
    const digest = `sha256:${createHash("sha256").update(chart).digest("hex")}`;
    expect(readFileSync(await pull({ from, version: "1.14.1", digest })).equals(chart)).toBe(true);
    await expect(pull({ from, digest: registry.digest })).rejects.toMatchObject({ code: "CHART_FAILED" });
  });

  test("is asked for again when registries stumble", async () => {
    registry.trouble.push(503);
    expect(readFileSync(await pull(oci())).equals(chart)).toBe(true);
  });

  test.each([
    [403, "refuses the login, or wants one"],
    [401, "refuses the login, or wants one"],
    [404, "has no such chart or version"],
  ])("that meets status %i says why", async (status, words) => {
    registry.trouble.push(...Array.from({ length: 20 }, () => status));
    await expect(pull(oci())).rejects.toMatchObject({ message: expect.stringContaining(words) });
  });

  test("of one's own registry comes by login", async () => {
    registry.isPrivate = true;
    expect(readFileSync(await pull({ ...oci(), ownLogins: true })).equals(chart)).toBe(true);
    expect(registry.logins[0]).toBe(`Basic ${Buffer.from("AWS:expired").toString("base64")}`);
    await expect(pull(oci())).rejects.toMatchObject({
      message: expect.stringContaining("refuses the login, or wants"),
    });
  });
});
