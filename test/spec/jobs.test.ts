import { describe, expect, it } from "vitest";

import type { Job } from "../../src/cluster/objects.ts";
import { parseJobs } from "../../src/spec/jobs.ts";
import { failureOf, problemsOf } from "./problems-of.ts";

// line numbers in the cases below count in this text
const good = `apiVersion: batch/v1
kind: Job
metadata:
  name: train
  annotations: { aura.dev/outputs: "/outputs, /var/log/x" }
spec:
  backoffLimit: 2
  template:
    metadata:
      annotations: { aura.dev/simulated-duration: 90s, other.example/x: "1" }
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: ghcr.io/acme/train:1
          args: ["--epochs", "3"]
          env: [{ name: EPOCHS, value: "3" }]
          resources:
            requests: { cpu: 500m, memory: 1Gi }
            limits: { cpu: 1, memory: 1Gi, nvidia.com/gpu: 1 }
`;

const parse = (text: string) => parseJobs("jobs/train.yml", text);
const spec = "spec.template.spec";
const container = `${spec}.containers[0]`;
const own = "aura.dev/rehearsal, aura.dev/simulated-duration, aura.dev/simulated-exit-code, aura.dev/outputs";

/** What is replaced in the good manifest, by what, and the answer. */
const cases: [string, string, string][] = [
  ["batch/v1", "batch/v1beta1", 'apiVersion  expected batch/v1, got "batch/v1beta1"  (jobs/train.yml:1)'],
  [
    "kind: Job",
    "kind: CronJob",
    'kind  expected a Job of batch/v1 and nothing else, got "CronJob" of batch/v1  (jobs/train.yml:2)',
  ],
  [
    "name: train",
    "name: Train_1",
    'metadata.name  expected an RFC 1123 name: up to 63 lower-case letters, digits and hyphens, got "Train_1"  (jobs/train.yml:4)',
  ],
  [
    "name: train",
    "generateName: t-",
    'metadata.name  expected an RFC 1123 name: up to 63 lower-case letters, digits and hyphens, got nothing  (jobs/train.yml:3)|metadata.generateName  expected one of the fields name, namespace, labels, annotations, got "generateName"  (jobs/train.yml:4)',
  ],
  [
    "name: train",
    "name: 7",
    "metadata.name  expected an RFC 1123 name: up to 63 lower-case letters, digits and hyphens, got 7  (jobs/train.yml:4)",
  ],
  [
    "aura.dev/outputs:",
    "aura.dev/output:",
    `metadata.annotations["aura.dev/output"]  expected one of the annotations ${own}, got "aura.dev/output"; did you mean "aura.dev/outputs"?  (jobs/train.yml:5)`,
  ],
  [
    "/outputs,",
    "outputs,",
    'metadata.annotations["aura.dev/outputs"]  expected absolute paths without .., separated by commas, got "outputs, /var/log/x"  (jobs/train.yml:5)',
  ],
  [
    "/outputs,",
    "/a/../../etc,",
    'metadata.annotations["aura.dev/outputs"]  expected absolute paths without .., separated by commas, got "/a/../../etc, /var/log/x"  (jobs/train.yml:5)',
  ],
  [
    "backoffLimit: 2",
    "backoffLimit: -1",
    "spec.backoffLimit  expected a whole number, 0 or more, got -1  (jobs/train.yml:7)",
  ],
  [
    "backoffLimit: 2",
    "paralelism: 2",
    'spec.paralelism  expected a known field, got "paralelism"; did you mean "parallelism"?  (jobs/train.yml:7)',
  ],
  [
    "backoffLimit: 2",
    "parallelism: 0",
    "spec.parallelism  expected a whole number, 1 or more, got 0  (jobs/train.yml:7)",
  ],
  [
    "backoffLimit: 2",
    "completions: 1.5",
    "spec.completions  expected a whole number, 1 or more, got 1.5  (jobs/train.yml:7)",
  ],
  [
    "backoffLimit: 2",
    "activeDeadlineSeconds: 0",
    "spec.activeDeadlineSeconds  expected a whole number of seconds, 1 or more, got 0  (jobs/train.yml:7)",
  ],
  [
    "backoffLimit: 2",
    "completionMode: Indexed",
    "spec.completions  expected a number of completions in Indexed mode, got nothing  (jobs/train.yml:6)",
  ],
  [
    "simulated-duration: 90s",
    "simulated-duration: 90",
    'spec.template.metadata.annotations["aura.dev/simulated-duration"]  expected a duration of at least 1s, such as 90s, got 90  (jobs/train.yml:10)',
  ],
  [
    "simulated-duration: 90s",
    'simulated-exit-code: "1"',
    'spec.template.metadata.annotations["aura.dev/simulated-exit-code"]  expected an aura.dev/simulated-duration beside it, got none  (jobs/train.yml:10)',
  ],
  [
    "simulated-duration: 90s",
    'simulated-duration: 90s, aura.dev/simulated-exit-code: "256"',
    'spec.template.metadata.annotations["aura.dev/simulated-exit-code"]  expected an exit code from "0" to "255", in quotes, got "256"  (jobs/train.yml:10)',
  ],
  [
    "simulated-duration: 90s",
    "rehearsal: proces",
    'spec.template.metadata.annotations["aura.dev/rehearsal"]  expected "process", got "proces"; did you mean "process"?  (jobs/train.yml:10)',
  ],
  [
    'other.example/x: "1"',
    "other.example/x: 1",
    'spec.template.metadata.annotations["other.example/x"]  expected text, in quotes if need be, got 1  (jobs/train.yml:10)',
  ],
  [
    "restartPolicy: Never",
    "restartPolicy: Always",
    `${spec}.restartPolicy  expected Never or OnFailure, as a Job's pods need, got "Always"  (jobs/train.yml:12)`,
  ],
  [
    "      restartPolicy: Never\n",
    "",
    `${spec}.restartPolicy  expected Never or OnFailure, as a Job's pods need, got nothing  (jobs/train.yml:11)`,
  ],
  [
    "restartPolicy: Never",
    "restartpolicy: Never",
    `${spec}.restartPolicy  expected Never or OnFailure, as a Job's pods need, got nothing  (jobs/train.yml:11)|${spec}.restartpolicy  expected a known field, got "restartpolicy"; did you mean "restartPolicy"?  (jobs/train.yml:12)`,
  ],
  [
    "image: ghcr.io/acme/train:1",
    "image: ghcr.io/acme train",
    `${container}.image  expected an image without spaces, got "ghcr.io/acme train"  (jobs/train.yml:15)`,
  ],
  [
    "          image: ghcr.io/acme/train:1\n",
    "",
    `${container}.image  expected an image, got nothing  (jobs/train.yml:14)`,
  ],
  [
    "name: main",
    "name: Main",
    `${container}.name  expected an RFC 1123 name: up to 63 lower-case letters, digits and hyphens, got "Main"  (jobs/train.yml:14)`,
  ],
  ['"3"]', "3]", `${container}.args[1]  expected text, in quotes if need be, got 3  (jobs/train.yml:16)`],
  [
    'value: "3"',
    "value: 3",
    `${container}.env[0].value  expected text, in quotes if need be, got 3  (jobs/train.yml:17)`,
  ],
  [
    'value: "3"',
    "value: true",
    `${container}.env[0].value  expected text, in quotes if need be, got true  (jobs/train.yml:17)`,
  ],
  [
    'value: "3"',
    "value: no",
    `${container}.env[0].value  expected "no" in quotes, got no, which kubectl takes for true or false  (jobs/train.yml:17)`,
  ],
  [
    'value: "3"',
    "value: Y",
    `${container}.env[0].value  expected "Y" in quotes, got Y, which kubectl takes for true or false  (jobs/train.yml:17)`,
  ],
  [
    "backoffLimit: 2",
    "ttlSecondsAfterFinished: 0600",
    "spec.ttlSecondsAfterFinished  expected a decimal number or text in quotes, got 0600, which kubectl takes for octal  (jobs/train.yml:7)",
  ],
  [
    "cpu: 500m",
    "cpu: 500mm",
    `${container}.resources.requests.cpu  expected a quantity such as 500m or 2Gi, got "500mm"  (jobs/train.yml:19)`,
  ],
  [
    "cpu: 500m",
    "cpu: -1",
    `${container}.resources.requests.cpu  expected a quantity such as 500m or 2Gi, got -1  (jobs/train.yml:19)`,
  ],
  [
    "cpu: 500m",
    "cpu: 2",
    `${container}.resources.requests.cpu  expected at most the limit of 1, got 2  (jobs/train.yml:19)`,
  ],
  [
    "gpu: 1",
    "gpu: 0.5",
    `${container}.resources.limits["nvidia.com/gpu"]  expected a whole number of GPUs, got 0.5  (jobs/train.yml:20)`,
  ],
  [
    "cpu: 500m",
    "nvidia.com/gpu: 2",
    `${container}.resources.requests["nvidia.com/gpu"]  expected the limit of 1, as GPUs cannot be overcommitted, got 2  (jobs/train.yml:19)`,
  ],
  [
    "cpu: 500m",
    "amd.com/gpu: x",
    `${container}.resources.requests["amd.com/gpu"]  expected a quantity such as 500m or 2Gi, got "x"  (jobs/train.yml:19)`,
  ],
  [
    ", nvidia.com/gpu: 1 }",
    " }\n            nvidia.com/gpu: 1",
    `${container}.resources["nvidia.com/gpu"]  expected one of the fields requests, limits, claims, got "nvidia.com/gpu"  (jobs/train.yml:21)`,
  ],
  [
    "limits: { cpu: 1, memory: 1Gi, nvidia.com/gpu: 1 }\n",
    "limits: { cpu: 1 }\n        - { name: main, image: x }\n",
    `${spec}.containers[1].name  expected a name of its own for each container, got "main"  (jobs/train.yml:21)`,
  ],
  ["  backoffLimit: 2", "\tbackoffLimit: 2", "expected spaces for indentation, got a tab  (jobs/train.yml:7)"],
  ["backoffLimit: 2", "template: {}", 'expected each key once, got "template" again  (jobs/train.yml:8)'],
];

describe("a bad Job manifest", () => {
  it.each(cases)("%j -> %j", (from, to, problem) => {
    expect(good).toContain(from);
    expect(problemsOf(() => parse(good.replace(from, to)))).toEqual(problem.split("|"));
  });

  it("names file, count and code", () => {
    const failure = failureOf(() =>
      parse(good.replace("restartPolicy: Never", "restartPolicy: Always").replace("2", "-2")),
    );
    expect([failure.code, failure.message, failure.details.where]).toEqual([
      "JOB_INVALID",
      "invalid job in jobs/train.yml: 2 problems",
      "jobs/train.yml",
    ]);
  });

  it("refuses requests of GPUs without limits", () => {
    const text = good.replace("cpu: 500m", "nvidia.com/gpu: 1").replace(", nvidia.com/gpu: 1 }", " }");
    expect(problemsOf(() => parse(text))).toEqual([
      `${container}.resources.limits["nvidia.com/gpu"]  expected a limit equal to the request of 1, got nothing  (jobs/train.yml:20)`,
    ]);
  });

  it("refuses restarts beside a podFailurePolicy", () => {
    const text = good.replace("Never", "OnFailure").replace("backoffLimit: 2", "podFailurePolicy: { rules: [] }");
    expect(problemsOf(() => parse(text))).toEqual([
      `${spec}.restartPolicy  expected Never beside a podFailurePolicy, got "OnFailure"  (jobs/train.yml:12)`,
    ]);
  });

  it("refuses two Jobs of one name", () => {
    expect(problemsOf(() => parse(`${good}---\n${good}`))).toEqual([
      'metadata.name  expected a name of its own for each Job, got "train" again  (jobs/train.yml:25)',
    ]);
  });

  it.each([
    ["", "expected a Job, got nothing  (jobs/train.yml)"],
    ["---\n---\n", "expected a Job, got nothing  (jobs/train.yml)"],
    ["hello", 'expected a Job, got "hello"  (jobs/train.yml:1)'],
    ["- 1", "expected a Job, got a list  (jobs/train.yml:1)"],
  ])("refuses %j", (text, problem) => expect(problemsOf(() => parse(text))).toEqual([problem]));
});

describe("a good Job manifest", () => {
  it("comes back as it was written", () => {
    const [job] = parse(good);
    expect(job).toMatchObject({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "train" },
      spec: { template: { spec: { containers: [{ resources: { limits: { cpu: 1, "nvidia.com/gpu": 1 } } }] } } },
    });
  });

  it("may hold several documents", () => {
    const text = `---\n${good}---\n# nothing here\n---\n${good.replace("name: train", "name: eval")}`;
    expect(parse(text).map((job) => job.metadata.name)).toEqual(["train", "eval"]);
  });

  it("may use one name in two namespaces", () => {
    const text = `${good}---\n${good.replace("name: train", "name: train\n  namespace: other")}`;
    expect(parse(text)).toHaveLength(2);
  });

  it("keeps fields that are not looked into", () => {
    const text = good.replace("backoffLimit: 2", "successPolicy: { rules: [{ succeededIndexes: '0' }] }");
    expect(parse(text)[0]?.spec.successPolicy).toEqual({ rules: [{ succeededIndexes: "0" }] });
  });

  it("accepts quoted words and claims", () => {
    expect(parse(good.replace('value: "3"', 'value: "no"'))).toHaveLength(1);
    expect(parse(good.replace("resources:", "resources:\n            claims: []"))).toHaveLength(1);
  });

  it("is a Job for the cluster's API", () => {
    const jobs: Job[] = parse(good);
    expect(jobs).toHaveLength(1);
  });
});
