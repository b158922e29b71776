import type { IPodSpec } from "kubernetes-models/v1/PodSpec";

import { declaredOutputs, outputsContainer } from "../../spec/outputs.ts";
import type { PreparedJob } from "./prepare-job.ts";
import { mountOf, type OutputsPlan } from "./prepare-job-outputs.ts";

/** A Job as it is read from a manifest. */
interface NamedJob extends PreparedJob {
  readonly metadata: { readonly name?: string; labels?: Record<string, string> };
}

/** Why the outputs that jobs declare could not come home, one sentence each: found before anything is started. */
export function outputsProblems(jobs: readonly NamedJob[]): string[] {
  return withOutputs(jobs).flatMap(({ name, spec, paths }) => {
    const names = [...spec.containers, ...(spec.volumes ?? [])].map((one) => one.name);
    const taken = names.filter((one) => one === outputsContainer || one.startsWith(`${outputsContainer}-`));
    const unclear = paths.filter((path) => mountOf(spec, path)?.subPathExpr !== undefined);
    return [
      ...taken.map((one) => `job ${name}: "${one}" is what Aura calls its own: give yours another name`),
      ...unclear.map((path) => `job ${name}: the output ${path} is mounted with subPathExpr: use subPath`),
    ];
  });
}

/** What the manifests' authors have to see to themselves for outputs to come home, one sentence each. */
export function outputsNotes(jobs: readonly NamedJob[], plan: OutputsPlan): string[] {
  if (plan.mode !== "s3") return [];
  return withOutputs(jobs).flatMap(({ name, spec }) => {
    const account = spec.serviceAccountName ?? spec.serviceAccount;
    const seconds = spec.terminationGracePeriodSeconds;
    const needs = `s3:PutObject and s3:AbortMultipartUpload on arn:aws:s3:::${plan.bucket}/${plan.prefix}/*`;
    return [
      ...(account === undefined ? [] : [`job ${name}: its service account ${account} has to be allowed ${needs}`]),
      ...(seconds === undefined || seconds >= 60
        ? []
        : [`job ${name}: terminationGracePeriodSeconds leaves its outputs ${seconds} s to be uploaded`]),
    ];
  });
}

interface WithOutputs {
  readonly name: string | undefined;
  readonly spec: IPodSpec;
  readonly paths: readonly string[];
}

function withOutputs(jobs: readonly NamedJob[]): WithOutputs[] {
  return jobs.flatMap(({ metadata: { name }, spec: job }) => {
    const spec = job?.template.spec;
    const paths = declaredOutputs(job?.template ?? {});
    return spec === undefined || paths.length === 0 ? [] : [{ name, spec, paths }];
  });
}
