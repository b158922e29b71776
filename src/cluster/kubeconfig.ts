import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

import type { KubeConfig } from "@kubernetes/client-node";

import { Failure, messageOf } from "../kernel/failure.ts";
import { didYouMean } from "../kernel/text.ts";

/** Where it is written how to reach a cluster, and which one. */
export interface Kubeconfig {
  /** Files that count as one, as kubectl merges them: what a name means is what the first says that has it. */
  readonly paths: readonly string[];
  /** Default: the current one. */
  readonly context?: string | undefined;
}

/** A kubeconfig's context: the name it goes by, and the server it is about. */
export interface KubeContext {
  readonly context: string;
  readonly server: string;
  /** Where kubectl puts what names no namespace. */
  readonly namespace: string;
}

export interface KubeconfigPlace {
  /** A file, relative to `directory`. */
  readonly kubeconfig?: string | undefined;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The files that kubectl would read: the named one, those of `KUBECONFIG`, or the one in the home folder. */
export function kubeconfigPaths({ kubeconfig, directory, env }: KubeconfigPlace): string[] {
  const absolute = (path: string) => (isAbsolute(path) ? path : join(directory, path));
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  if (kubeconfig !== undefined)
    return [kubeconfig.startsWith("~/") ? join(home, kubeconfig.slice(2)) : absolute(kubeconfig)];
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return listed.length > 0 ? listed.map(absolute) : [join(home, ".kube", "config")];
}

/**
 * Reads a kubeconfig and chooses its context. Fails with CLUSTER_UNREACHABLE when no file can be read, or when what is
 * chosen names no cluster; with USAGE, and the contexts that there are, when the wanted one is not among them.
 */
export async function loadKubeconfig(kubeconfig: string | Kubeconfig): Promise<KubeConfig> {
  const { paths, context } = typeof kubeconfig === "string" ? { paths: [kubeconfig] } : kubeconfig;
  const { KubeConfig } = await import("@kubernetes/client-node");
  // a list may name files that are not there; a single one is meant
  const present = paths.length > 1 ? paths.filter((path) => existsSync(path)) : paths;
  if (present.length === 0) throw unreadable(paths.join(", "), "none of them is there");
  const parts = present.map((path) => read(new KubeConfig(), path));
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfName(parts.flatMap(({ clusters }) => clusters)),
    users: firstOfName(parts.flatMap(({ users }) => users)),
    contexts: firstOfName(parts.flatMap(({ contexts }) => contexts)),
    currentContext: context ?? parts.map((part) => part.getCurrentContext()).find(Boolean) ?? "",
  });
  refuseUnknown(merged, present);
  return merged;
}

/** What a loaded kubeconfig has chosen. */
export function chosenContext(config: KubeConfig): KubeContext {
  const context = config.getCurrentContext();
  const namespace = config.getContextObject(context)?.namespace ?? "default";
  return { context, server: config.getCurrentCluster()?.server ?? "", namespace };
}

function read(config: KubeConfig, path: string): KubeConfig {
  try {
    config.loadFromFile(path);
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
  return config;
}

function unreadable(path: string, why: string, cause?: unknown): Failure {
  return new Failure("CLUSTER_UNREACHABLE", `cannot read kubeconfig ${path}: ${why}`, {
    where: path,
    fix: "name the file in KUBECONFIG, or as kubernetes.kubeconfig in aura.yaml",
    ...(cause !== undefined && { cause }),
  });
}

function refuseUnknown(config: KubeConfig, paths: readonly string[]): void {
  const context = config.getCurrentContext();
  const names = config.getContexts().map(({ name }) => name);
  const where = paths.join(", ");
  if (context === "") {
    throw new Failure("CLUSTER_UNREACHABLE", "the kubeconfig has no current context", {
      where,
      ...contextsThere(names),
      fix: `kubectl config use-context ${names[0] ?? "NAME"}, or set kubernetes.context in aura.yaml`,
    });
  }
  if (!names.includes(context)) {
    const meant = didYouMean(context, names);
    throw new Failure("USAGE", `the kubeconfig has no context ${context}`, {
      where,
      ...contextsThere(names),
      fix: `set kubernetes.context in aura.yaml to one of them${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    });
  }
  if (config.getCurrentCluster() !== null) return;
  const { cluster } = config.getContextObject(context) ?? {};
  throw new Failure(
    "CLUSTER_UNREACHABLE",
    `context ${context} names the cluster ${cluster}, which the kubeconfig does not have`,
    { where },
  );
}

function contextsThere(names: readonly string[]) {
  return { problems: names.length === 0 ? ["it has no context at all"] : names.map((name) => `context ${name}`) };
}

function firstOfName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return [...new Map([...items].reverse().map((item) => [item.name, item])).values()].reverse();
}
