import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Helm, openHelm, type Release } from "../../../src/aws/helm/helm.ts";
import type { HelmOptions } from "../../../src/aws/helm/helm-run.ts";
import type { CommandOptions, Commands } from "../../../src/kernel/commands.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { signalGroup } from "../../../src/kernel/processes.ts";
import { systemCommands } from "../../../src/kernel/system-commands.ts";
import { onCluster } from "../clients/cluster.ts";
import { charts, deadKubeconfig, helmPath, helmPlace, type Place } from "./helm-cluster.ts";

const release = (name: string, changes: Partial<Release> = {}): Release => ({
  name,
  namespace: "kube-system",
  chart: { from: join(charts, "nvidia-device-plugin") },
  values: { affinity: {}, tolerations: [] },
  ...changes,
});
const slow = (name: string) => release(name, { chart: { from: join(charts, "slow") } });
const { signal } = new AbortController();

await onCluster("charts", (cluster) => {
  let place: Place;
  let helm: Helm;
  beforeAll(async () => {
    place = await helmPlace(await helmPath(), cluster.kubeconfig);
    helm = await openHelm(place);
  });
  afterAll(() => place.remove());

  const history = async (name: string) =>
    JSON.parse((await cluster.sh(`helm history ${name} -n kube-system -o json`)).text) as { status: string }[];
  const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Failure);
    return error as Failure;
  };

  /** Installs what gets stuck in its hook and kills helm there. */
  async function killInTheMiddle(name: string, pending: string): Promise<void> {
    let pid = 0;
    const commands: Commands = {
      ...systemCommands,
      run: (options: CommandOptions) =>
        systemCommands.run({
          ...options,
          onStart: (identity) => {
            if (options.args[0] === "upgrade") pid = identity.pid;
            options.onStart?.(identity);
          },
        }),
    };
    const work = failureOf(
      (await openHelm({ ...place, commands } satisfies HelmOptions)).upgradeInstall(slow(name), signal),
    );
    await expect
      .poll(async () => (await history(name).catch(() => [])).at(-1)?.status, { timeout: 30_000 })
      .toBe(pending);
    signalGroup(pid, "SIGKILL");
    expect((await work).code).toBe("CHART_FAILED");
  }

  test("a release is absent, then present", async () => {
    expect(helm.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await helm.state(release("one"), signal)).toBe("absent");
    await helm.upgradeInstall(release("one"), signal);
    expect(await helm.state(release("one"), signal)).toBe("present");
    expect(await history("one")).toMatchObject([{ status: "deployed", chart: "nvidia-device-plugin-0.20.0" }]);
  });

  test("changed values make another revision", async () => {
    const changed = release("one", { values: { affinity: { a: 1 }, tolerations: [] } });
    expect(await helm.state(changed, signal)).toBe("partial");
    await helm.upgradeInstall(changed, signal);
    expect(await helm.state(changed, signal)).toBe("present");
    expect(await helm.state(release("one"), signal)).toBe("partial");
    const { text } = await cluster.sh(
      "kubectl get configmap nvidia-device-plugin -n kube-system -o jsonpath='{.data}'",
    );
    expect(JSON.parse(text).affinity).toBe('{"a":1}');
  });

  test("what helm did by hand counts as changed", async () => {
    await helm.upgradeInstall(release("one"), signal);
    await cluster.sh("helm rollback one 1 -n kube-system");
    expect(await helm.state(release("one"), signal)).toBe("partial");
  });

  test("few revisions are kept", async () => {
    for (const a of [2, 3, 4]) await helm.upgradeInstall(release("one", { values: { affinity: { a } } }), signal);
    expect((await history("one")).length).toBeLessThanOrEqual(3);
  });

  test("nothing is written to the user's home", async () => {
    const { text } = await cluster.sh(`ls -A ${place.env["HOME"]}`);
    expect(text.trim()).toBe("helm");
  });

  test("a helm killed while installing is recovered", async () => {
    await killInTheMiddle("two", "pending-install");
    expect(await helm.state(slow("two"), signal)).toBe("partial");
    const { code, text } = await cluster.sh(`helm upgrade two ${charts}/slow -n kube-system`);
    expect([code, text]).toEqual([1, expect.stringContaining("in progress")]);
    const good = release("two", { chart: { from: join(charts, "karpenter-crd") } });
    await helm.upgradeInstall(good, signal);
    expect(await helm.state(good, signal)).toBe("present");
  });

  test("a helm killed while upgrading is rolled back", async () => {
    await killInTheMiddle("two", "pending-upgrade");
    const good = release("two", { chart: { from: join(charts, "karpenter-crd") }, values: { again: true } });
    await helm.upgradeInstall(good, signal);
    expect(await helm.state(good, signal)).toBe("present");
    expect((await history("two")).map(({ status }) => status)).not.toContain("pending-upgrade");
  });

  test("a release goes, and is gone", async () => {
    for (const name of ["one", "two", "two"]) await helm.uninstall({ name, namespace: "kube-system" }, signal);
    expect(await helm.state(release("one"), signal)).toBe("absent");
    const { text } = await cluster.sh("kubectl get configmap,secret -n kube-system -o name; kubectl get crd -o name");
    expect(text).not.toMatch(/nvidia|helm.release|wishes/);
  });

  test("a chart that is not there is named", async () => {
    const { code, details, message } = await failureOf(
      helm.upgradeInstall(release("three", { chart: { from: join(charts, "none") } }), signal),
    );
    expect(code).toBe("CHART_FAILED");
    expect(`${message} ${details.problems}`).toContain(join(charts, "none"));
  });

  test("a registry out of reach is named", async () => {
    const chart = { from: "oci://127.0.0.1:1/karpenter/karpenter", version: "1.14.1" };
    const { code, message, details } = await failureOf(helm.upgradeInstall(release("three", { chart }), signal));
    expect([code, message]).toEqual([
      "CHART_FAILED",
      "cannot pull the chart oci://127.0.0.1:1/karpenter/karpenter:1.14.1: there is no way to 127.0.0.1:1 from here",
    ]);
    expect(details.problems?.join()).toContain("connection refused");
  });

  test("what another made is not taken over", async () => {
    await cluster.sh("kubectl create configmap nvidia-device-plugin -n kube-system");
    const { code, message } = await failureOf(helm.upgradeInstall(release("four"), signal));
    expect(code).toBe("CHART_FAILED");
    expect(message).toContain("is in the cluster already and is not this release's");
    await cluster.sh("kubectl delete configmap nvidia-device-plugin -n kube-system");
  });

  test("a field that cannot change is named", async () => {
    const values = (app: string) => ({ app });
    const chart = { from: join(charts, "immutable") };
    await helm.upgradeInstall(release("five", { chart, values: values("a") }), signal);
    const { message } = await failureOf(helm.upgradeInstall(release("five", { chart, values: values("b") }), signal));
    expect(message).toContain("cannot change while the object exists");
    await helm.upgradeInstall(release("five", { chart, values: values("a") }), signal);
    expect(await helm.state(release("five", { chart, values: values("a") }), signal)).toBe("present");
    await helm.uninstall({ name: "five", namespace: "kube-system" }, signal);
  });

  test("a cluster that is gone is told", async () => {
    const away = await openHelm({ ...place, kubeconfig: await deadKubeconfig(cluster.kubeconfig) });
    for (const verb of ["state", "upgradeInstall", "uninstall"] as const)
      expect((await failureOf(away[verb](release("one"), signal))).code).toBe("CLUSTER_UNREACHABLE");
  });

  test("an interrupt ends helm in good order", async () => {
    const controller = new AbortController();
    const work = helm.upgradeInstall(slow("six"), controller.signal).catch((error: unknown) => error);
    await expect.poll(async () => (await history("six").catch(() => [])).length, { timeout: 30_000 }).toBe(1);
    controller.abort(new Failure("INTERRUPTED", "interrupted"));
    expect(await work).toMatchObject({ code: "INTERRUPTED" });
    await helm.uninstall({ name: "six", namespace: "kube-system" }, signal);
  });
});
