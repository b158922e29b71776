import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IJobSpec } from "kubernetes-models/batch/v1/JobSpec";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";

/** A Job as its manifest says it, checked: it has a name, a pod with containers, and a restart policy. */
export type JobManifest = Omit<IJob, "metadata" | "spec"> & {
  apiVersion: "batch/v1";
  kind: "Job";
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: IJobSpec & {
    template: IPodTemplateSpec & { spec: IPodSpec & { restartPolicy: "Never" | "OnFailure" } };
  };
};
