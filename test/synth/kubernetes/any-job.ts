import fc from "fast-check";
import type { IJobSpec } from "kubernetes-models/batch/v1/JobSpec";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IToleration } from "kubernetes-models/v1/Toleration";

const word = fc.constantFrom("a", "b", "c", "mine", "aura.dev/run", "nvidia.com/gpu", "karpenter.sh/do-not-disrupt");
const words = fc.dictionary(word, word, { maxKeys: 4 });
const path = fc.constantFrom("/out", "/out/deep", "/data", "/data/", "/x/y/z");

const mount = fc.record(
  { name: fc.constantFrom("one", "two"), mountPath: path, subPath: word, readOnly: fc.boolean() },
  { requiredKeys: ["name", "mountPath"] },
);

const container: fc.Arbitrary<IContainer> = fc.record(
  {
    name: word,
    image: word,
    command: fc.array(word, { maxLength: 3 }),
    resources: fc.record({ limits: words, requests: words }, { requiredKeys: [] }),
    volumeMounts: fc.array(mount, { maxLength: 3 }),
  },
  { requiredKeys: ["name"] },
);

const toleration: fc.Arbitrary<IToleration> = fc.record(
  {
    key: word,
    operator: fc.constantFrom("Exists", "Equal"),
    value: word,
    effect: fc.constantFrom("NoSchedule", "NoExecute"),
  },
  { requiredKeys: [] },
);

const pod: fc.Arbitrary<IPodSpec> = fc.record(
  {
    containers: fc.array(container, { minLength: 1, maxLength: 3 }),
    initContainers: fc.array(container, { maxLength: 2 }),
    restartPolicy: fc.constantFrom("Never", "OnFailure"),
    tolerations: fc.array(toleration, { maxLength: 3 }),
    nodeSelector: words,
    serviceAccountName: word,
    serviceAccount: word,
    terminationGracePeriodSeconds: fc.nat(100),
    volumes: fc.array(fc.record({ name: word, emptyDir: fc.constant({}) }), { maxLength: 2 }),
    securityContext: fc.record({ runAsUser: fc.nat(3), runAsNonRoot: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ["containers", "restartPolicy"] },
);

const outputs = fc.array(path, { maxLength: 3 }).map((paths) => ({ "aura.dev/outputs": paths.join() }));

/** Jobs of every form that a preparation might trip over. */
export const anyJob: fc.Arbitrary<{ metadata: { labels?: Record<string, string> }; spec: IJobSpec }> = fc.record({
  metadata: fc.record({ name: word, labels: words, annotations: words }, { requiredKeys: ["name"] }),
  spec: fc.record(
    {
      activeDeadlineSeconds: fc.nat(1000),
      backoffLimit: fc.nat(3),
      podFailurePolicy: fc.constant({ rules: [] }),
      template: fc.record(
        {
          metadata: fc.record(
            { labels: words, annotations: fc.oneof(words, outputs) },
            { requiredKeys: ["annotations"] },
          ),
          spec: pod,
        },
        { requiredKeys: ["spec"] },
      ),
    },
    { requiredKeys: ["template"] },
  ),
});

/** Where something of `before` is not in `after`, as a path; empty where nothing is lost. Lists may have got more. */
export function isKept(before: unknown, after: unknown, at = "job"): string {
  if (Array.isArray(before)) return isListKept(before, after, at);
  if (typeof before !== "object" || before === null) return Object.is(before, after) ? "" : at;
  if (typeof after !== "object" || after === null) return at;
  const inner = Object.entries(before).map(([key, value]) =>
    isKept(value, (after as Record<string, unknown>)[key], `${at}.${key}`),
  );
  return inner.find((lost) => lost !== "") ?? "";
}

/** The same items in the same order, with others before, after and between. */
function isListKept(before: readonly unknown[], after: unknown, at: string): string {
  const rest = Array.isArray(after) ? [...after] : [];
  for (const [index, item] of before.entries()) {
    const found = rest.findIndex((one) => isKept(item, one, at) === "");
    if (found === -1) return `${at}[${index}]`;
    rest.splice(0, found + 1);
  }
  return "";
}
