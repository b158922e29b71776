import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { type Clock, sleep } from "../../kernel/clock.ts";

/** How long a pull takes, in the cluster's time. `cached`: the node has the image and only its manifest is asked for. */
export type ImagePullMs = (pod: Pod, image: string, node: Node, cached: boolean) => number;

export interface Images {
  /** Resolves when the node has the image: how long it took, or undefined when it was there already. */
  pull(pod: Pod, container: Container, node: Node, signal: AbortSignal): Promise<number | undefined>;
  /** Whether `pull` will ask the registry. */
  needsPull(container: Container, node: Node): boolean;
  /** A node that is gone takes its images with it. */
  forget(node: string): void;
  /** Ends every pull. */
  stop(): void;
}

/** Which node has which image. Two pods that want the same image wait for the same pull; different images are pulled side by side. */
export function imageStore(clock: Clock, imagePullMs: ImagePullMs): Images {
  const nodes = new Map<
    string,
    { readonly gone: AbortController; readonly pulls: Map<string, Promise<void>>; readonly present: Set<string> }
  >();

  const stateOf = (node: Node) => {
    const name = node.metadata.name ?? "";
    let state = nodes.get(name);
    if (state === undefined) {
      state = { gone: new AbortController(), pulls: new Map(), present: new Set() };
      nodes.set(name, state);
    }
    return state;
  };
  const needsPull = (container: Container, node: Node) =>
    policyOf(container) === "Always" || !stateOf(node).present.has(container.image ?? "");

  const forget = (name: string) => {
    nodes.get(name)?.gone.abort(new Error(`node ${name} is gone`));
    nodes.delete(name);
  };

  return {
    needsPull,
    async pull(pod, container, node, signal) {
      if (!needsPull(container, node)) return undefined;
      const image = container.image ?? "";
      const state = stateOf(node);
      const begun = clock.now();
      let pulling = state.pulls.get(image);
      if (pulling === undefined) {
        const duration = imagePullMs(pod, image, node, state.present.has(image));
        pulling = (duration > 0 ? sleep(clock, duration, { signal: state.gone.signal }) : Promise.resolve()).then(
          () => {
            state.present.add(image);
          },
        );
        pulling.finally(() => state.pulls.delete(image)).catch(() => {});
        state.pulls.set(image, pulling);
      }
      await unlessAborted(pulling, signal);
      return clock.now() - begun;
    },
    forget,
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
