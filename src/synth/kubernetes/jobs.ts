import type { JobManifest } from "../../spec/job-manifest.ts";
import { gpuTaint } from "./labels.ts";

type Container = JobManifest["spec"]["template"]["spec"]["containers"][number];
type Toleration = NonNullable<JobManifest["spec"]["template"]["spec"]["tolerations"]>[number];

const outputs = "/outputs";

/** A small CPU job: counts primes for a second or two, shows its progress, checks its result and writes it down. */
export function appJob(): JobManifest {
  return exampleJob("app-job", {
    image: "public.ecr.aws/docker/library/busybox:1.37",
    command: ["sh", "-c", countPrimes],
    resources: { requests: { cpu: "1", memory: "512Mi" }, limits: { memory: "512Mi" } },
  });
}

/** Proves that a GPU is there: lists it, writes what it is, and fails with the reason when there is none. */
export function gpuTestJob(): JobManifest {
  const resources = {
    requests: { cpu: "1", memory: "2Gi", "nvidia.com/gpu": 1 },
    limits: { memory: "2Gi", "nvidia.com/gpu": 1 },
  };
  return exampleJob("gpu-test-job", {
    image: "nvcr.io/nvidia/cuda:12.9.1-base-ubuntu24.04",
    command: ["sh", "-c", lookAtGpu],
    resources,
    tolerations: [{ key: gpuTaint.key, operator: "Exists", effect: gpuTaint.effect }],
  });
}

interface Example extends Pick<Container, "image" | "command" | "resources"> {
  readonly tolerations?: Toleration[];
}

function exampleJob(name: string, { tolerations, ...container }: Example): JobManifest {
  const annotations = { "aura.dev/rehearsal": "process", "aura.dev/outputs": outputs };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "aura" }, annotations },
    spec: {
      backoffLimit: 2,
      // from the Job's creation on: the wait for a node counts
      activeDeadlineSeconds: 1800,
      // a node that is taken away is not the job's failure
      podFailurePolicy: {
        rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
      },
      template: {
        metadata: { annotations: { ...annotations, "karpenter.sh/do-not-disrupt": "true" } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          ...(tolerations && { tolerations }),
          containers: [
            {
              name,
              ...container,
              env: [{ name: "AURA_OUTPUT_DIR", value: outputs }],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              volumeMounts: [{ name: "outputs", mountPath: outputs }],
            },
          ],
          volumes: [{ name: "outputs", emptyDir: {} }],
        },
      },
    },
  };
}

// Both scripts keep to POSIX sh, so that busybox, Debian and macOS run them alike.

const countPrimes = `set -eu
limit=20000 chunks=8 expected=2262
primes=0 chunk=0 number=2
while [ "$chunk" -lt "$chunks" ]; do
  chunk=$((chunk + 1))
  end=$((limit * chunk / chunks))
  while [ "$number" -le "$end" ]; do
    divisor=2
    while [ $((divisor * divisor)) -le "$number" ] && [ $((number % divisor)) -ne 0 ]; do
      divisor=$((divisor + 1))
    done
    if [ $((divisor * divisor)) -gt "$number" ]; then primes=$((primes + 1)); fi
    number=$((number + 1))
  done
  echo "chunk $chunk of $chunks: $primes primes up to $end"
done
printf '{"limit": %d, "primes": %d}\\n' "$limit" "$primes" > "$AURA_OUTPUT_DIR/result.json"
if [ "$primes" -ne "$expected" ]; then
  echo "there are $expected primes up to $limit, not $primes" >&2
  exit 1
fi
echo "wrote $AURA_OUTPUT_DIR/result.json"
`;

const lookAtGpu = `set -eu
if ! command -v nvidia-smi > /dev/null; then
  echo "no GPU is visible: this container has no nvidia-smi, so it runs without the NVIDIA container toolkit" >&2
  exit 1
fi
if ! devices=$(nvidia-smi -L) || [ -z "$devices" ]; then
  echo "no GPU is visible: nvidia-smi answers: $devices" >&2
  exit 1
fi
echo "$devices"
nvidia-smi --query-gpu=index,name,memory.total,driver_version --format=csv > "$AURA_OUTPUT_DIR/gpu.csv"
cat "$AURA_OUTPUT_DIR/gpu.csv"
sample=1
while [ "$sample" -le 2 ]; do
  sleep 0.5 2> /dev/null || sleep 1
  echo "sample $sample: $(nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader)"
  sample=$((sample + 1))
done
echo "the GPU answers"
`;
