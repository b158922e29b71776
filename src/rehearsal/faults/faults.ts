import type { Offering } from "../../catalog/instance-type.ts";
import type { ApiError } from "../../cluster/api.ts";
import type { Node } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { labelKeys } from "../../planner/instance-labels.ts";
import { modified } from "../core/status-errors.ts";
import { type ActiveFaults, activeFaults, type FaultsOptions } from "./active-faults.ts";
import { type ApiRequest, deniedError, requestText, serverError } from "./api-errors.ts";
import type { Matcher } from "./parameters.ts";

/** A Node, or the NodeClaim of one. Only nodes of pools can be faulty: the system's is left alone. */
export type FaultyNode = Pick<Node, "metadata">;

type NodeFault = "no-register" | "no-device-plugin" | "kubelet-silent" | "disk-full";

/** What the places ask where things can go wrong. Every question may be a strike: ask it when it matters, and once. */
export interface Faults extends Omit<ActiveFaults, "strike"> {
  /** How much later a request is answered, in real milliseconds. */
  delayOf(request: ApiRequest): number;
  /** What a request is answered with instead of being looked at. */
  errorOf(request: ApiRequest): { readonly error: ApiError; readonly retryAfter?: number } | undefined;
  /** What becomes of a watch's event: it comes twice, or the watch ends instead (with an error, or cut). */
  eventOf(request: ApiRequest): "twice" | "cut" | ApiError | undefined;
  /** The API server's clock, which may be off. */
  skewed(clock: Clock): Clock;
  isShort(offering: Offering): boolean;
  /** Of a spot node that is ready, once: after how many milliseconds it gets its warning. */
  spotWarningMs(node: FaultyNode): number | undefined;
  /** Lasting: the same answer for a node until the fault ends, which `subscribe` tells. */
  is(fault: NodeFault, node: FaultyNode): boolean;
  /** How long a pull of an image takes that would take `ms`. */
  pullMs(ms: number, image: string, node: FaultyNode): number;
}

/** As `kubectl auth whoami` says. */
const user = "kubernetes-admin";

/** Faults on purpose: the same seed and the same sequence of questions give the same faults. None at first. */
export function createFaults(options: FaultsOptions): Faults {
  const { strike, ...active } = activeFaults(options);
  const on = (node: FaultyNode) => () => `node ${node.metadata.name}`;
  return {
    ...active,
    delayOf(request) {
      const struck = strike(
        "api-latency",
        () => requestText(request),
        (values) => concerns(values, request),
      );
      if (struck === undefined) return 0;
      const { latency, jitter } = struck.values;
      return Math.max(0, latency + jitter * (2 * struck.random.next() - 1));
    },
    errorOf(request) {
      const text = () => requestText(request);
      const applies = (values: Requests) => concerns(values, request);
      if (strike("deny", text, applies)) return { error: deniedError(request, user) };
      const failed = strike("api-error", text, applies);
      if (failed !== undefined) return { error: serverError(failed.values.code), ...retryAfterOf(failed.values) };
      const { group, resource: plural, kind, name } = request;
      if (name === undefined || !strike("conflict", text, applies)) return undefined;
      return { error: modified({ group, kind, plural }, name) };
    },
    eventOf(request) {
      const text = () => requestText(request);
      const applies = (values: Omit<Requests, "verb">) => concerns(values, request);
      const dropped = strike("watch-drop", text, applies);
      if (dropped !== undefined) return dropped.values.code === undefined ? "cut" : serverError(dropped.values.code);
      return strike("watch-duplicate", text, applies) && "twice";
    },
    skewed: (clock) => ({
      now: () =>
        clock.now() +
        (strike(
          "clock-skew",
          () => "the API server's clock",
          () => true,
        )?.values.by ?? 0),
      schedule: clock.schedule,
    }),
    isShort({ instanceType, zone, capacityType }) {
      const text = () => `${instanceType.name} ${capacityType} ${zone}`;
      return (
        strike("capacity", text, (values) => {
          return values.type(instanceType.name) && values.zone(zone) && values.capacityType(capacityType);
        }) !== undefined
      );
    },
    spotWarningMs: (node) => strike("spot-warning", on(node), (values) => isNode(values, node))?.values.after,
    is: (fault, node) => strike(fault, on(node), (values) => isNode(values, node)) !== undefined,
    pullMs(ms, image, node) {
      const applies = (values: Nodes & { image: Matcher }) => values.image(image) && isNode(values, node);
      const slow = strike("slow-pull", () => `${image} on node ${node.metadata.name}`, applies)?.values;
      return slow === undefined ? ms : ms * slow.factor + slow.delay;
    },
  };
}

interface Requests {
  readonly verb: Matcher;
  readonly kind: Matcher;
  readonly namespace: Matcher;
  readonly client: Matcher;
}

function concerns({ verb, kind, namespace, client }: Omit<Requests, "verb"> & Partial<Requests>, request: ApiRequest) {
  const { resource, group, client: clients } = request;
  const isWhole = !resource.includes("/");
  return (
    (verb?.(request.verb) ?? true) &&
    kind(resource, `${resource}.${group}`, ...(isWhole ? [request.kind] : [])) &&
    namespace(request.namespace ?? "") &&
    client(...clients)
  );
}

interface Nodes {
  readonly node: Matcher;
  readonly pool: Matcher;
  readonly type: Matcher;
}

function isNode({ node, pool, type }: Nodes, { metadata }: FaultyNode): boolean {
  const { name = "", labels = {}, ownerReferences = [] } = metadata;
  const ofPool = labels[labelKeys.pool];
  const names = [name, ...ownerReferences.filter(({ kind }) => kind === "NodeClaim").map((owner) => owner.name)];
  return ofPool !== undefined && node(...names) && pool(ofPool) && type(labels[labelKeys.instanceType] ?? "");
}

function retryAfterOf({ code, retryAfter }: { readonly code: number; readonly retryAfter?: number | undefined }) {
  const seconds = retryAfter ?? (code === 429 ? 1 : undefined);
  return seconds === undefined ? {} : { retryAfter: seconds };
}
