import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { type Clock, sleep } from "../../kernel/clock.ts";

/** How long a pull takes, in the cluster's time. `cached`: the node has the image and only its manifest is asked for. */
export type ImagePullMs = (pod: Pod, image: string, node: Node, cached: boolean) => number;

export type Images = ReturnType<typeof imageStore>;

interface Pull {
  readonly pod: Pod;
  readonly container: Container;
  readonly node: Node;
  /** When it began, of one that an earlier server had not finished. */
  readonly sinceMs?: number | undefined;
}

interface NodeImages {
  readonly gone: AbortController;
  readonly pulls: Map<string, Promise<void>>;
  readonly present: Set<string>;
}

/**
 * Which node has which image: what its status says when it is first asked for, and what was pulled since, of which
 * `pulled` is told. Two pods that want the same image wait for the same pull; different images are pulled side by side.
 */
export function imageStore(
  clock: Clock,
  imagePullMs: ImagePullMs,
  pulled: (node: string, images: readonly string[]) => void = () => {},
) {
  const nodes = new Map<string, NodeImages>();

  const stateOf = ({ metadata: { name = "" }, status }: Node) => {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const present = new Set(status?.images?.flatMap((image) => image.names ?? []));
    const state = { gone: new AbortController(), pulls: new Map(), present };
    nodes.set(name, state);
    return state;
  };
  const needsPull = (container: Container, node: Node) =>
    policyOf(container) === "Always" || !stateOf(node).present.has(container.image ?? "");
  const forget = (name: string) => {
    nodes.get(name)?.gone.abort(new Error(`node ${name} is gone`));
    nodes.delete(name);
  };
  const fetch = async (state: NodeImages, image: string, node: Node, durationMs: number) => {
    if (durationMs > 0) await sleep(clock, durationMs, { signal: state.gone.signal });
    const isNew = !state.present.has(image);
    state.present.add(image);
    if (isNew) pulled(node.metadata.name ?? "", [...state.present]);
  };

  return {
    /** Whether `pull` will ask the registry. */
    needsPull,
    /** Resolves when the node has the image: how long it took, or undefined when it was there already. */
    async pull({ pod, container, node, sinceMs = clock.now() }: Pull, signal: AbortSignal) {
      if (!needsPull(container, node)) return undefined;
      const image = container.image ?? "";
      const state = stateOf(node);
      let pulling = state.pulls.get(image);
      if (pulling === undefined) {
        const left = sinceMs + imagePullMs(pod, image, node, state.present.has(image)) - clock.now();
        pulling = fetch(state, image, node, left);
        pulling.finally(() => state.pulls.delete(image)).catch(() => {});
        state.pulls.set(image, pulling);
      }
      await unlessAborted(pulling, signal);
      return clock.now() - sinceMs;
    },
    /** A node that is gone takes its images with it. */
    forget,
    /** Ends every pull. */
    stop: () => {
      for (const name of [...nodes.keys()]) forget(name);
    },
  };
}

/** Kubernetes' default: always for `latest`, otherwise once. */
function policyOf({ image = "", imagePullPolicy }: Container): string {
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  const latest = !image.includes("@") && (tag === undefined || tag === "latest");
  return imagePullPolicy ?? (latest ? "Always" : "IfNotPresent");
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
