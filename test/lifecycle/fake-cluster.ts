import { ApiError, type ListQuery, type ObjectApi, type ObjectRef } from "../../src/cluster/api.ts";
import { type KubeObject, keyOf } from "../../src/cluster/objects.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { ClusterAccess } from "../../src/lifecycle/steps/objects.ts";

export interface FakeCluster {
  readonly api: ObjectApi;
  readonly access: ClusterAccess;
  /** Each write, as `delete Job default/a`. */
  readonly calls: string[];
  /** What is there, as `Job default/a`. */
  left(): string[];
}

interface Options {
  /** Kinds that the cluster does not serve. */
  readonly unserved?: readonly string[];
  /** Objects that stay whatever is asked, by name. */
  readonly stuck?: readonly string[];
}

/** A cluster of plain objects; its clock jumps to whatever is waited for. */
export function fakeCluster(objects: readonly KubeObject[], { unserved = [], stuck = [] }: Options = {}): FakeCluster {
  const there = new Map(objects.map((object) => [textOf(object), object]));
  const calls: string[] = [];
  const clock = jumpingClock();
  const api = {
    async list({ kind, labelSelector }: ListQuery) {
      if (unserved.includes(kind)) throw new ApiError(404, "NotFound", `no ${kind}`);
      const items = [...there.values()].filter((object) => object.kind === kind && matches(object, labelSelector));
      return { items, resourceVersion: "1" };
    },
    async read(ref: ObjectRef) {
      const found = there.get(textOf(ref));
      if (found === undefined) throw new ApiError(404, "NotFound", "not found");
      return found;
    },
    async apply(object: KubeObject) {
      calls.push(`apply ${textOf(object)}`);
      there.set(textOf(object), object);
      return object;
    },
    async patch(ref: ObjectRef, patch: object) {
      calls.push(`patch ${textOf(ref)} ${JSON.stringify(patch)}`);
      return there.get(textOf(ref));
    },
    async delete(ref: ObjectRef) {
      calls.push(`delete ${textOf(ref)}`);
      if (!stuck.includes(ref.metadata.name)) there.delete(textOf(ref));
    },
  } as unknown as ObjectApi;
  const access = { api: async () => api, time: async () => clock.now(), clock };
  return { api, access, calls, left: () => [...there.keys()] };
}

/** Knows `key=value` and `key in (value, …)`, separated by commas outside parentheses. */
function matches({ metadata: { labels = {} } }: KubeObject, selector = ""): boolean {
  const terms = selector.match(/[^,(]+(\([^)]*\))?/g) ?? [];
  return terms.every((term) => {
    const [, key = "", values = ""] = /^(\S+?)(?:=| in \()([^)]*)\)?$/.exec(term) ?? [];
    return values.split(",").includes(labels[key] ?? "");
  });
}

function textOf(object: Pick<KubeObject, "kind" | "metadata">): string {
  return `${object.kind} ${keyOf(object)}`;
}

function jumpingClock(): Clock {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    schedule(delayMs, callback) {
      const timer = setImmediate(() => {
        now += delayMs;
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** An object with a name, in `default` unless that says otherwise (`other/name`, or `/name` for none). */
export function object(kind: string, name: string, rest: object = {}): KubeObject {
  const [namespace, own] = name.includes("/") ? name.split("/") : ["default", name];
  const { metadata, ...body } = rest as { metadata?: object };
  const where = namespace === "" ? {} : { namespace };
  return { apiVersion: "v1", kind, metadata: { name: own, ...where, ...metadata }, ...body } as KubeObject;
}
