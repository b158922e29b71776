import { isApiError } from "../../cluster/api.ts";
import { type Job, keyOf, type ObjectMeta } from "../../cluster/objects.ts";
import { Failure } from "../../kernel/failure.ts";
import { waitUntil } from "../../kernel/wait.ts";
import { runLabel } from "../labels.ts";
import type { Step } from "../step.ts";
import { type ClusterAccess, connected, deleteIfPresent, readOrUndefined, refOf } from "./objects.ts";

/** One job, submitted. It exists once its Job object does; undone, its pods are gone too. */
export function jobStep(access: ClusterAccess, job: Job, run: string): Step {
  const labelled = ofRun(job, run);
  const ref = refOf(labelled);
  return {
    name: `job/${keyOf(job)}`,
    phase: "run",
    title: `job ${job.metadata.name}`,
    async observe() {
      const api = await access.api();
      const found = api && (await readOrUndefined<Job>(api, ref));
      if (found === undefined) return "absent";
      return found.metadata.labels?.[runLabel] === run ? "present" : "partial";
    },
    async ensure() {
      const api = await connected(access);
      await api.create(labelled).catch(async (error: unknown) => {
        if (isApiError(error, 404)) throw refused(job, `namespace ${job.metadata.namespace} does not exist`);
        if (isApiError(error, 409)) return refuseOthers(job, run, await readOrUndefined<Job>(api, ref));
        if (isApiError(error, 422) || isApiError(error, 400)) throw refused(job, error.message);
        throw error;
      });
    },
    async undo(signal) {
      const api = await access.api();
      if (api === undefined) return;
      await deleteIfPresent(api, ref);
      await waitUntil(
        {
          what: `job ${job.metadata.name} to be deleted`,
          timeoutMs: 10 * 60_000,
          time: access.time,
          clock: access.clock,
          signal,
        },
        async () => ((await readOrUndefined(api, ref)) === undefined ? true : undefined),
      );
    },
  };
}

/** The label is on its pods, too: in a cluster that others use, it tells whose they are. */
function ofRun(job: Job, run: string): Job {
  const labels = (metadata: ObjectMeta | undefined) => ({
    ...metadata,
    labels: { ...metadata?.labels, [runLabel]: run },
  });
  const { metadata, spec } = job;
  const template = spec && { ...spec.template, metadata: labels(spec.template.metadata as ObjectMeta | undefined) };
  return { ...job, metadata: labels(metadata), ...(template && { spec: { ...spec, template } }) } as Job;
}

/** A create that was sent again may find what its first attempt made. */
function refuseOthers(job: Job, run: string, found: Job | undefined): void {
  if (found?.metadata.labels?.[runLabel] === run) return;
  throw new Failure("JOB_INVALID", `a job named ${job.metadata.name} already exists and is not this run's`, {
    where: `Job ${keyOf(job)}`,
    fix: `kubectl delete job ${job.metadata.name}, or give this one another name`,
  });
}

function refused(job: Job, message: string): Failure {
  return new Failure("JOB_INVALID", `the cluster refused job ${job.metadata.name}: ${message}`, {
    where: `Job ${keyOf(job)}`,
  });
}
