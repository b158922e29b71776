import fc from "fast-check";
import type { IJobSpec } from "kubernetes-models/batch/v1/JobSpec";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IToleration } from "kubernetes-models/v1/Toleration";
import { describe, expect, it } from "vitest";

import { appJob, gpuTestJob } from "../../../src/synth/kubernetes/jobs.ts";
import { outputsServiceAccounts } from "../../../src/synth/kubernetes/outputs-account.ts";
import { type PrepareOptions, prepareJob } from "../../../src/synth/kubernetes/prepare-job.ts";
import { outputsNotes, outputsProblems } from "../../../src/synth/kubernetes/prepare-job-checks.ts";
import { anyJob, isKept } from "./any-job.ts";

const options: PrepareOptions = { environment: "dev", run: "dev-1", timeoutMs: 90_500 };
const s3: PrepareOptions = {
  ...options,
  outputs: { mode: "s3", bucket: "b", prefix: "outputs/dev/dev-1", region: "eu-west-1" },
};
const log: PrepareOptions = { ...options, outputs: { mode: "log" } };
const labels = { "app.kubernetes.io/managed-by": "aura", "aura.dev/environment": "dev", "aura.dev/run": "dev-1" };

const main = { name: "main", image: "x" };
interface WorkJob {
  metadata: { name: string; labels?: Record<string, string> };
  spec: IJobSpec;
}

const jobOf = (pod: Partial<IPodSpec>, annotations?: Record<string, string>): WorkJob => ({
  metadata: { name: "work" },
  spec: {
    template: {
      ...(annotations && { metadata: { annotations } }),
      spec: { restartPolicy: "Never", containers: [main], ...pod },
    },
  },
});
const podOf = (job: WorkJob, how = options) => prepareJob(job, how).spec.template.spec as IPodSpec;

describe("a prepared job", () => {
  it("gets what its manifest leaves out", () => {
    expect(prepareJob(jobOf({}), options)).toEqual({
      metadata: { name: "work", labels },
      spec: {
        activeDeadlineSeconds: 151,
        podFailurePolicy: {
          rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
        },
        template: {
          metadata: {
            labels,
            annotations: {
              "karpenter.sh/do-not-disrupt": "true",
              "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
            },
          },
          spec: { restartPolicy: "Never", containers: [main] },
        },
      },
    });
  });

  it("has no podFailurePolicy where pods restart in place", () => {
    const prepared = prepareJob(jobOf({ restartPolicy: "OnFailure" }), options);
    expect(prepared.spec).not.toHaveProperty("podFailurePolicy");
  });

  it("has none where replacements do not wait", () => {
    const job = jobOf({});
    const prepared = prepareJob(
      { ...job, spec: { ...job.spec, podReplacementPolicy: "TerminatingOrFailed" as const } },
      options,
    );
    expect(prepared.spec).not.toHaveProperty("podFailurePolicy");
  });

  it("keeps what Aura's own examples say", () => {
    for (const job of [appJob(), gpuTestJob()]) {
      const { template, ...spec } = prepareJob(job, s3).spec;
      expect(spec).toEqual({ ...job.spec, template: undefined });
      expect(template.spec?.tolerations).toEqual(job.spec.template.spec.tolerations);
    }
  });

  const gpu = [{ ...main, resources: { limits: { "nvidia.com/gpu": 1 } } }];
  const own = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" } as const;
  const other: IToleration = { key: "team", operator: "Exists" };
  const wrong: IToleration = { ...own, operator: "Equal", value: "present" };
  it.each<[string, Partial<IPodSpec>, IToleration[] | undefined]>([
    ["without a GPU", { containers: [main] }, undefined],
    ["with a GPU", { containers: gpu }, [own]],
    ["with a GPU of an init container", { initContainers: gpu }, [own]],
    ["with another toleration", { containers: gpu, tolerations: [other] }, [other, own]],
    ["with one of another value", { containers: gpu, tolerations: [wrong] }, [wrong, own]],
    [
      "with one of another effect",
      { containers: gpu, tolerations: [{ ...own, effect: "NoExecute" }] },
      [{ ...own, effect: "NoExecute" }, own],
    ],
    ["with the same", { containers: gpu, tolerations: [own] }, [own]],
    ["with one for every taint", { containers: gpu, tolerations: [{ operator: "Exists" }] }, [{ operator: "Exists" }]],
  ])("%s has the tolerations it needs", (_, pod, expected) => {
    expect(podOf(jobOf(pod)).tolerations).toEqual(expected);
  });

  it("goes to the environment's nodes among others'", () => {
    const { tolerations, nodeSelector } = podOf(jobOf({ nodeSelector: { disk: "ssd" } }), {
      ...options,
      sharedCluster: true,
    });
    expect(nodeSelector).toEqual({ "aura.dev/environment": "dev", disk: "ssd" });
    expect(tolerations).toEqual([
      { key: "aura.dev/environment", operator: "Equal", value: "dev", effect: "NoSchedule" },
    ]);
  });

  it("keeps everything that was written", () => {
    fc.assert(
      fc.property(anyJob, fc.constantFrom(options, s3, log), fc.boolean(), (job, how, sharedCluster) => {
        const before = structuredClone(job);
        const prepared = prepareJob(job, { ...how, sharedCluster });
        expect(job).toEqual(before);
        expect(isKept(job, prepared)).toBe("");
        expect(prepareJob(prepared, { ...how, sharedCluster })).toEqual(prepared);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

describe("a job's outputs", () => {
  const declared = { "aura.dev/outputs": "/out/model/, /scratch" };
  const volumeMounts = [{ name: "data", mountPath: "/out", subPath: "run" }];
  const pod = {
    containers: [
      { ...main, volumeMounts },
      { name: "other", image: "y" },
    ],
    volumes: [{ name: "data", emptyDir: {} }],
  };

  it("are seen by a container that outlives the job's", () => {
    const { initContainers, containers, volumes } = podOf(
      jobOf({ ...pod, initContainers: [{ name: "prepare", image: "z" }] }, declared),
      log,
    );
    expect(initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ["aura-outputs", "Always"],
      ["prepare", undefined],
    ]);
    expect(initContainers?.[0]).toMatchObject({
      image: "public.ecr.aws/docker/library/busybox:1.37",
      resources: { requests: { cpu: "50m", memory: "64Mi" } },
      env: [
        { name: "AURA_OUTPUTS", value: "2" },
        { name: "AURA_OUTPUT_1", value: "/aura-outputs/1/model" },
        { name: "AURA_OUTPUT_NAME_1", value: "out/model" },
        { name: "AURA_OUTPUT_2", value: "/aura-outputs/2" },
        { name: "AURA_OUTPUT_NAME_2", value: "scratch" },
        { name: "AURA_OUTPUTS_SCRATCH", value: "/aura-outputs/scratch" },
      ],
      volumeMounts: [
        { name: "data", mountPath: "/aura-outputs/1", subPath: "run", readOnly: true },
        { name: "aura-outputs-2", mountPath: "/aura-outputs/2", readOnly: true },
        { name: "aura-outputs-scratch", mountPath: "/aura-outputs/scratch" },
      ],
    });
    expect(containers.map((one) => one.volumeMounts?.map(({ mountPath }) => mountPath))).toEqual([
      ["/out", "/scratch"],
      ["/scratch"],
    ]);
    expect(volumes?.map(({ name }) => name)).toEqual(["data", "aura-outputs-2", "aura-outputs-scratch"]);
  });

  it("go to the bucket by an account of their own", () => {
    const { initContainers, serviceAccountName, terminationGracePeriodSeconds } = podOf(jobOf(pod, declared), s3);
    expect({ serviceAccountName, terminationGracePeriodSeconds }).toEqual({
      serviceAccountName: "aura-outputs",
      terminationGracePeriodSeconds: 300,
    });
    expect(initContainers?.[0]?.env).toContainEqual({
      name: "AURA_OUTPUTS_TO",
      value: "s3://b/outputs/dev/dev-1/$(AURA_NAMESPACE).$(AURA_POD)",
    });
    expect(initContainers?.[0]?.lifecycle?.preStop?.exec?.command?.at(-1)).toBe("early");
  });

  it("leave a job's account and grace period alone", () => {
    const given = { serviceAccountName: "mine", terminationGracePeriodSeconds: 5 };
    expect(podOf(jobOf({ ...pod, ...given }, declared), s3)).toMatchObject(given);
    expect(podOf(jobOf({ ...pod, serviceAccount: "mine" }, declared), s3)).not.toHaveProperty("serviceAccountName");
  });

  it.each([
    ["as root", {}, { capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE"] } }],
    ["as a user", { runAsUser: 1000 }, { capabilities: { drop: ["ALL"] } }],
    ["as no root", { runAsNonRoot: true }, { capabilities: { drop: ["ALL"] }, runAsUser: 65_534 }],
  ])("are read %s as the pod's are", (_, securityContext, expected) => {
    const [beside] = podOf(jobOf({ ...pod, securityContext }, declared), log).initContainers ?? [];
    expect(beside?.securityContext).toEqual({ allowPrivilegeEscalation: false, ...expected });
  });

  it("are read by who writes them", () => {
    const containers = [{ ...main, securityContext: { runAsUser: 1000 } }];
    const [beside] =
      podOf(jobOf({ containers, securityContext: { runAsNonRoot: true } }, declared), log).initContainers ?? [];
    expect(beside?.securityContext?.runAsUser).toBe(1000);
  });

  it("have names that Kubernetes does not expand", () => {
    const [beside] = podOf(jobOf({}, { "aura.dev/outputs": "/a$(AURA_POD), /b$$c" }), s3).initContainers ?? [];
    const names = beside?.env?.filter(({ name }) => name.startsWith("AURA_OUTPUT_NAME_")).map(({ value }) => value);
    expect(names).toEqual(["a$$(AURA_POD)", "b$$$$c"]);
  });

  it("are refused where they could not be found", () => {
    const subPathExpr = "$(POD_NAME)";
    const jobs = [
      jobOf(
        { containers: [{ ...main, volumeMounts: [{ name: "data", mountPath: "/scratch", subPathExpr }] }] },
        declared,
      ),
      jobOf({ containers: [{ ...main, name: "aura-outputs" }] }, declared),
      jobOf({ containers: [{ ...main, name: "aura-outputs" }] }),
      jobOf(pod, declared),
    ];
    expect(outputsProblems(jobs)).toEqual([
      "job work: the output /scratch is mounted with subPathExpr: use subPath",
      'job work: "aura-outputs" is what Aura calls its own: give yours another name',
    ]);
  });

  it("come with a note of what is up to the author", () => {
    const job = jobOf({ ...pod, serviceAccountName: "mine", terminationGracePeriodSeconds: 30 }, declared);
    const plan = { mode: "s3", bucket: "b", prefix: "outputs/dev/dev-1", region: "eu-west-1" } as const;
    expect(outputsNotes([job], { mode: "log" })).toEqual([]);
    expect(outputsNotes([job, jobOf(pod, declared)], plan)).toEqual([
      "job work: its service account mine has to be allowed s3:PutObject and s3:AbortMultipartUpload on arn:aws:s3:::b/outputs/dev/dev-1/*",
      "job work: terminationGracePeriodSeconds leaves its outputs 30 s to be uploaded",
    ]);
  });

  it("have an account in each namespace once", () => {
    const accounts = outputsServiceAccounts({
      environment: "dev",
      namespaces: ["ml", "default", "ml"],
      roleArn: "arn:r",
    });
    expect(accounts.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ["default", "aura-outputs"],
      ["ml", "aura-outputs"],
    ]);
    expect(accounts[0]?.metadata.annotations).toEqual({ "eks.amazonaws.com/role-arn": "arn:r" });
  });
});
