import type { InstanceType } from "./instance-type.ts";
import { estimated, published } from "./source.ts";

/** The measured pull that the rate stands on: the vLLM deep learning container with containerd's ordinary snapshotter. */
const measured = { imageMib: 10.78e9 / 2 ** 20, seconds: 112.3 };
/** Resolving, authenticating and mounting, whatever the size (assumed). */
const overheadSeconds = 1.5;
const mibPerSecond = measured.imageMib / (measured.seconds - overheadSeconds);

/** Where the pull rate comes from. */
export const imagePullSource = published(
  "vLLM container pulled by containerd, karpenter-blueprints soci-snapshotter",
  "2026-11-23",
);
/** Where image sizes come from. */
export const imageSizeSource = estimated("size by the image's name; a registry was not asked", "2026-11-23");

export interface ImagePull {
  readonly imageMib: number;
  readonly type: InstanceType;
  /** Whether the node has the image already. */
  readonly cached: boolean;
}

/**
 * How long a pull takes: 1.5 s and the image at 93 MiB/s, 0 where it is cached. The rate is unpacking, which one core does:
 * a node with a single vCPU shares that core with the download and is taken to be half as fast.
 */
export function imagePullMs({ imageMib, type, cached }: ImagePull): number {
  if (cached) return 0;
  const rate = type.vcpu < 2 ? mibPerSecond / 2 : mibPerSecond;
  return Math.round(1000 * (overheadSeconds + imageMib / rate));
}

/** MiB by what stands in an image's name; the first that matches counts. */
const sizes: readonly (readonly [pattern: RegExp, mib: number])[] = [
  [/\bpause\b/, 1],
  [/\b(vllm|sglang|text-generation-inference|tritonserver|tensorrt|nemo)\b/, 10_240],
  [/pytorch|tensorflow|deepspeed|transformers|\bjax\b/, 8_192],
  [/\bcuda\b.*devel/, 3_584],
  [/\bcuda\b.*(runtime|cudnn)/, 1_536],
  [/\bcuda\b/, 150],
  [/\b(busybox|distroless)\b/, 4],
  [/\b(python|node|ruby|golang)\b.*alpine/, 30],
  [/\balpine\b/, 4],
  [/\bnode\b.*slim/, 75],
  [/slim\b|\b(ubuntu|debian|amazonlinux|nginx|redis)\b/, 50],
  [/(^|\/)(python|node|golang|rust|openjdk)(:|$)/, 380],
];
const unknownMib = 200;

/** The size of an image to pull, guessed from its reference (name and tag). An estimate: see `imageSizeSource`. */
export function estimatedImageMib(image: string): number {
  const name = image.toLowerCase().replace(/@sha256:.*$/, "");
  return sizes.find(([pattern]) => pattern.test(name))?.[1] ?? unknownMib;
}
