import { isMissing } from "../../errors.ts";

/** A part of a cluster is known by the cluster's name and its own. */
export function inClusterId(cluster: string, name: string): string {
  return `${cluster}/${name}`;
}

export function inCluster(id: string): { readonly clusterName: string; readonly name: string } {
  const [clusterName = "", name = ""] = id.split("/");
  return { clusterName, name };
}

/** What a call returns; undefined when AWS does not know what it asks about. */
export async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Which of them can still be described. */
export async function presentParts(
  ids: readonly string[],
  describe: (id: string) => Promise<unknown>,
): Promise<string[]> {
  const there = await Promise.all(ids.map(describe));
  return ids.filter((_, index) => there[index] !== undefined);
}
