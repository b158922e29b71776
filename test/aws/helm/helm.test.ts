import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openHelm, type Release } from "../../../src/aws/helm/helm.ts";
import { identify } from "../../../src/kernel/processes.ts";
import { type Answer, fakeHelm, gone, revision } from "./fake-helm.ts";

const { signal } = new AbortController();
const release: Release = {
  name: "karpenter",
  namespace: "kube-system",
  chart: { from: "/charts/karpenter" },
  values: { replicas: 2 },
  skipCrds: true,
};

describe("helm", () => {
  it.each([
    ["v3.13.3+g1", "is Helm 3.13.3, and 3.14 or later is needed"],
    ["v2.17.0+g1", "is Helm 2.17.0, and 3.14 or later is needed"],
    ["something else", "does not say its version: something else"],
  ])("%s will not do", async (stdout, message) => {
    const { options } = fakeHelm({ version: [{ stdout }] });
    await expect(openHelm(options)).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: expect.stringContaining(message),
    });
  });

  it.each(["v3.14.0+gc4e38e3", "v3.19.1", "v4.0.0-rc.1+g1", "v4.1.4+g05fa379"])("%s will do", async (stdout) => {
    expect((await openHelm(fakeHelm({ version: [{ stdout }] }).options)).version).toBe(stdout.slice(1).split("+")[0]);
  });

  it("that is not there is missed", async () => {
    const { options } = fakeHelm();
    const commands = { ...options.commands, find: async () => undefined };
    await expect(openHelm({ ...options, commands })).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });

  it("gets of the environment what it needs", async () => {
    const { options, calls } = fakeHelm({ history: [gone] });
    const given = { ...options.env, AWS_PROFILE: "ml", HTTPS_PROXY: "http://p", no_proxy: "x", GITHUB_TOKEN: "secret" };
    const own = { ...given, HELM_DRIVER: "memory", HELM_KUBETOKEN: "t", KUBECONFIG: "/mine" };
    await (await openHelm({ ...options, env: own })).state(release, signal);
    const { env = {} } = calls.at(-1) ?? {};
    const { directory } = options;
    expect(env).toEqual({
      ...{ PATH: "/usr/bin", HOME: "/home/me", AWS_PROFILE: "ml", HTTPS_PROXY: "http://p", no_proxy: "x" },
      HELM_CACHE_HOME: join(directory, "cache"),
      HELM_CONFIG_HOME: join(directory, "config"),
      HELM_DATA_HOME: join(directory, "data"),
      KUBECACHEDIR: join(directory, "cache", "kube"),
      HELM_REGISTRY_CONFIG: join(directory, "no-logins.json"),
      DOCKER_CONFIG: join(directory, "no-docker"),
    });
  });

  it("is told everything by one line and a file", async () => {
    const { options, calls, verbs } = fakeHelm({ history: [gone] });
    await (await openHelm(options)).upgradeInstall(release, signal);
    expect(verbs()).toEqual(["version", "history", "upgrade"]);
    const values = join(options.directory, "karpenter-values.json");
    expect(calls.at(-1)?.args.join(" ")).toMatch(
      new RegExp(
        `^upgrade karpenter /charts/karpenter --install --namespace kube-system --values ${values} --reset-values --skip-crds --history-max 3 --timeout 120s --description aura [0-9a-f]{16} --kubeconfig /k/config$`,
      ),
    );
    expect(JSON.parse(readFileSync(values, "utf8"))).toEqual({ replicas: 2 });
    expect(statSync(values).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["values", { values: { replicas: 1 } }],
    ["chart", { chart: { from: "/charts/other" } }],
    ["version", { chart: { from: "/charts/karpenter", version: "1.15.0" } }],
    ["CRDs", { skipCrds: false }],
  ] as const)("tells releases apart by their %s", async (_, change) => {
    const { options, calls } = fakeHelm({ history: [gone] });
    const helm = await openHelm(options);
    const described = async (one: Release) => {
      await helm.upgradeInstall(one, signal);
      const args: readonly string[] = calls.at(-1)?.args ?? [];
      return args[args.indexOf("--description") + 1] ?? "";
    };
    const [first, again, other] = [
      await described(release),
      await described(release),
      await described({ ...release, ...change }),
    ];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const state = async (answer: Answer) =>
      (await openHelm(fakeHelm({ history: [answer] }).options)).state(release, signal);
    expect(await state(revision("deployed", first))).toBe("present");
    expect(await state(revision("deployed", other))).toBe("partial");
    expect(await state(revision("failed", first))).toBe("partial");
    expect(await state(gone)).toBe("absent");
  });

  it.each([
    ["pending-install", ["history", "uninstall", "upgrade"]],
    ["uninstalling", ["history", "uninstall", "upgrade"]],
    ["uninstalled", ["history", "uninstall", "upgrade"]],
    ["pending-upgrade", ["history", "rollback", "upgrade"]],
    ["pending-rollback", ["history", "rollback", "upgrade"]],
    ["failed", ["history", "upgrade"]],
    ["deployed", ["history", "upgrade"]],
  ])("recovers what is %s", async (status, expected) => {
    const { options, verbs } = fakeHelm({ history: [revision(status)] });
    await (await openHelm(options)).upgradeInstall(release, signal);
    expect(verbs().slice(1)).toEqual(expected);
  });

  it("gives up when nothing rolls back", async () => {
    const { options } = fakeHelm({
      history: [revision("pending-upgrade")],
      rollback: [{ code: 1, stderr: "Error: no revision" }],
    });
    await expect((await openHelm(options)).upgradeInstall(release, signal)).rejects.toMatchObject({
      message: "cannot roll back karpenter, which a killed command left half-made",
      details: { problems: ["no revision"] },
    });
  });

  it("tries again what fails in passing", async () => {
    const { options, verbs } = fakeHelm({
      history: [gone],
      upgrade: [{ code: 1, stderr: "Error: etcdserver: request timed out" }, {}],
    });
    await (await openHelm(options)).upgradeInstall(release, signal);
    expect(verbs().filter((verb) => verb === "upgrade")).toHaveLength(2);
  });

  it("does not try for ever", async () => {
    const { options, verbs } = fakeHelm({
      history: [gone],
      upgrade: [{ code: 1, stderr: "Error: etcdserver: request timed out" }],
    });
    await expect((await openHelm(options)).upgradeInstall(release, signal)).rejects.toMatchObject({
      code: "CHART_FAILED",
      details: { problems: ["etcdserver: request timed out"] },
    });
    expect(verbs().filter((verb) => verb === "upgrade")).toHaveLength(3);
  });

  it("that does not end is killed and told", async () => {
    const { options } = fakeHelm({ history: [gone], upgrade: [{ code: null, signal: "SIGKILL" }] });
    await expect((await openHelm(options)).upgradeInstall(release, signal)).rejects.toMatchObject({
      code: "CHART_FAILED",
      message: "helm upgrade did not end within 300 s",
    });
  });

  it.each(["Error: uninstall: Release not loaded: karpenter: release: not found", "Error: release: not found"])(
    "takes %s for done",
    async (stderr) => {
      const { options } = fakeHelm({ uninstall: [{ code: 1, stderr }] });
      await (await openHelm(options)).uninstall(release, signal);
    },
  );

  it("ends one that a killed command left", async () => {
    const { options } = fakeHelm();
    const left = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
    const ended = once(left, "exit");
    const helm = await openHelm(options);
    const record = join(options.directory, "running.json");
    writeFileSync(record, JSON.stringify(identify(left.pid ?? 0)));
    await helm.uninstall(release, signal);
    expect((await ended)[1]).toBe("SIGKILL");
    expect(existsSync(record)).toBe(false);
  });
});
