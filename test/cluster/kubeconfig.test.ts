import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { chosenContext, kubeconfigPaths, loadKubeconfig } from "../../src/cluster/kubeconfig.ts";

interface Written {
  /** By name: the server. */
  readonly clusters?: Record<string, string>;
  /** By name: the cluster. */
  readonly contexts?: Record<string, string>;
  readonly current?: string;
}

async function files(...written: (Written | string)[]): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), "aura-kubeconfig-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return Promise.all(
    written.map(async (config, index) => {
      const path = join(directory, `config-${index}`);
      await writeFile(path, typeof config === "string" ? config : JSON.stringify(textOf(config)));
      return path;
    }),
  );
}

function textOf({ clusters = {}, contexts = {}, current }: Written) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: Object.entries(clusters).map(([name, server]) => ({ name, cluster: { server } })),
    users: [{ name: "me", user: { token: "t" } }],
    contexts: Object.entries(contexts).map(([name, cluster]) => ({
      name,
      context: { cluster, user: "me", namespace: "ml" },
    })),
    ...(current !== undefined && { "current-context": current }),
  };
}

const one = { clusters: { a: "https://a" }, contexts: { first: "a" }, current: "first" };
const other = {
  clusters: { a: "https://not-a", b: "https://b" },
  contexts: { first: "b", second: "b" },
  current: "second",
};

async function chosen(paths: readonly string[], context?: string) {
  return chosenContext(await loadKubeconfig({ paths, context }));
}

test("the first file that names something counts", async () => {
  const paths = await files({}, one, other);
  expect(await chosen(paths)).toEqual({ context: "first", server: "https://a", namespace: "ml" });
  expect(await chosen(paths, "second")).toMatchObject({ context: "second", server: "https://b" });
  expect(await chosen([...paths].reverse(), "first")).toMatchObject({ server: "https://b" });
});

test("a list may name files that are absent", async () => {
  const paths = await files(one);
  expect(await chosen(["/nowhere/a", ...paths])).toMatchObject({ context: "first" });
  await expect(chosen(["/nowhere/a", "/nowhere/b"])).rejects.toThrow("none of them is there");
  await expect(chosen(["/nowhere/a"])).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
});

test("a wrong context names those there are", async () => {
  const paths = await files(one, other);
  await expect(chosen(paths, "secnd")).rejects.toMatchObject({
    code: "USAGE",
    message: "the kubeconfig has no context secnd",
    details: { problems: ["context first", "context second"], fix: expect.stringContaining("did you mean second?") },
  });
});

test.each([
  [{ ...one, current: "" }, "no current context"],
  [{ ...one, clusters: {} }, "names the cluster a, which the kubeconfig does not have"],
  ["- not: [a kubeconfig", "cannot read kubeconfig"],
])("an unusable kubeconfig is told: %j", async (written, message) => {
  const paths = await files(written);
  await expect(chosen(paths)).rejects.toThrow(message);
});

test.each([
  [{ kubeconfig: "mine/config" }, ["/work/mine/config"]],
  [{ kubeconfig: "~/mine" }, ["/home/me/mine"]],
  [{ kubeconfig: "/etc/config" }, ["/etc/config"]],
  [{ KUBECONFIG: "/a:b::" }, ["/a", "/work/b"]],
  [{}, ["/home/me/.kube/config"]],
])("%j reads %j", ({ kubeconfig, KUBECONFIG }: { kubeconfig?: string; KUBECONFIG?: string }, paths) => {
  expect(kubeconfigPaths({ kubeconfig, directory: "/work", env: { HOME: "/home/me", KUBECONFIG } })).toEqual(paths);
});
