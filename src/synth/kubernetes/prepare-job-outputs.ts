import { posix } from "node:path";

import type { IContainer } from "kubernetes-models/v1/Container";
import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import type { ISecurityContext } from "kubernetes-models/v1/SecurityContext";
import type { IVolumeMount } from "kubernetes-models/v1/VolumeMount";

import { declaredOutputs, outputsAccount, outputsContainer } from "../../spec/outputs.ts";
import { logScript, s3Script } from "./prepare-job-scripts.ts";

/** Where outputs go: below a prefix of a bucket, or into a log that is read before its pod is deleted. */
export type OutputsPlan =
  | { readonly mode: "s3"; readonly bucket: string; readonly prefix: string; readonly region: string }
  | { readonly mode: "log" };

/** A declared path, and the volume that it is in as the container beside the job sees it. */
interface Placed {
  readonly path: string;
  readonly mount: IVolumeMount;
  /** The rest of the path below the mount. */
  readonly rest: string;
}

const root = "/aura-outputs";
const scratch = "aura-outputs-scratch";

/**
 * A pod template with a container beside the job's own that sends its declared outputs home when those have ended. It
 * is the first of the init containers: it starts before and is stopped after all others. A path that is in no volume
 * gets an empty one, in every container. A template without outputs, or with such a container, stays as it is.
 */
export function withOutputs(template: IPodTemplateSpec, plan: OutputsPlan): IPodTemplateSpec {
  const { spec } = template;
  const paths = declaredOutputs(template);
  const isThere = spec?.initContainers?.some(({ name }) => name === outputsContainer);
  if (spec === undefined || paths.length === 0 || isThere) return template;
  const mounted = withVolumes(spec, paths);
  const placed = paths.flatMap((path) => placeOf(mounted, path) ?? []);
  const { mode } = plan;
  return {
    ...template,
    spec: {
      ...graceOf(plan),
      ...(mode === "s3" && spec.serviceAccount === undefined && { serviceAccountName: outputsAccount }),
      ...mounted,
      volumes: [...(mounted.volumes ?? []), { name: scratch, emptyDir: {} }],
      initContainers: [sidecar(mounted, placed, plan), ...(spec.initContainers ?? [])],
    },
  };
}

/** The time from the end of the job's containers to the end of the upload. What Kubernetes gives is 30 s. */
function graceOf({ mode }: OutputsPlan): Pick<IPodSpec, "terminationGracePeriodSeconds"> {
  return { terminationGracePeriodSeconds: mode === "s3" ? 300 : 60 };
}

function withVolumes(spec: IPodSpec, paths: readonly string[]): IPodSpec {
  const bare = paths.filter((path) => mountOf(spec, path) === undefined);
  if (bare.length === 0) return spec;
  const nameOf = (path: string) => `aura-outputs-${paths.indexOf(path) + 1}`;
  const mounts = bare.map((path) => ({ name: nameOf(path), mountPath: path }));
  return {
    ...spec,
    volumes: [...(spec.volumes ?? []), ...bare.map((path) => ({ name: nameOf(path), emptyDir: {} }))],
    containers: spec.containers.map((container) => ({
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), ...mounts],
    })),
  };
}

function placeOf(spec: IPodSpec, path: string): Placed | undefined {
  const mount = mountOf(spec, path);
  // which folder that is depends on the container (see outputsProblems)
  if (mount === undefined || mount.subPathExpr !== undefined) return undefined;
  return { path, mount, rest: path.slice(folderOf(mount).length) };
}

/** The innermost mount that a path is in, of the first container that has one. */
export function mountOf({ containers }: IPodSpec, path: string): IVolumeMount | undefined {
  const inside = (mount: IVolumeMount) => `${path}/`.startsWith(`${folderOf(mount)}/`);
  return containers
    .map(({ volumeMounts = [] }) => volumeMounts.filter(inside).sort((a, b) => depth(b) - depth(a))[0])
    .find((mount) => mount !== undefined);
}

function folderOf({ mountPath }: IVolumeMount): string {
  return posix.normalize(mountPath).replace(/\/$/, "");
}

function depth(mount: IVolumeMount): number {
  return folderOf(mount).length;
}

function sidecar(spec: IPodSpec, placed: readonly Placed[], plan: OutputsPlan): IContainer {
  const mounts = placed.map(({ mount: { name, subPath } }, index) => ({
    name,
    mountPath: `${root}/${index + 1}`,
    ...(subPath !== undefined && { subPath }),
    readOnly: true,
  }));
  return {
    name: outputsContainer,
    restartPolicy: "Always",
    ...programOf(plan),
    env: [...environmentOf(placed), ...(plan.mode === "s3" ? destinationOf(plan) : [])],
    // a failure's reason is then in the pod's status
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: securityOf(spec),
    volumeMounts: [...mounts, { name: scratch, mountPath: `${root}/scratch` }],
  };
}

function programOf({ mode }: OutputsPlan): Pick<IContainer, "image" | "command" | "lifecycle" | "resources"> {
  if (mode === "log") {
    return {
      image: "public.ecr.aws/docker/library/busybox:1.37",
      command: ["sh", "-c", logScript, outputsContainer],
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    };
  }
  const command = ["bash", "-c", s3Script, outputsContainer];
  return {
    image: "public.ecr.aws/aws-cli/aws-cli:2.37.5",
    command,
    lifecycle: { preStop: { exec: { command: [...command, "early"] } } },
    // ten parts of 8 MiB at a time, and the CLI itself
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  };
}

function environmentOf(placed: readonly Placed[]): IEnvVar[] {
  const paths = placed.flatMap(({ path, rest }, index) => [
    { name: `AURA_OUTPUT_${index + 1}`, value: `${root}/${index + 1}${verbatim(rest)}` },
    { name: `AURA_OUTPUT_NAME_${index + 1}`, value: verbatim(path.slice(1)) },
  ]);
  return [
    { name: "AURA_OUTPUTS", value: String(placed.length) },
    ...paths,
    { name: "AURA_OUTPUTS_SCRATCH", value: `${root}/scratch` },
  ];
}

/** As Kubernetes takes it for what it is: `$(NAME)` would become a variable's value, `$$` a single sign. */
function verbatim(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function destinationOf({ bucket, prefix, region }: Extract<OutputsPlan, { mode: "s3" }>): IEnvVar[] {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return [
    field("AURA_NAMESPACE", "metadata.namespace"),
    field("AURA_POD", "metadata.name"),
    { name: "AURA_OUTPUTS_TO", value: `s3://${bucket}/${prefix}/$(AURA_NAMESPACE).$(AURA_POD)` },
    { name: "AWS_REGION", value: region },
    { name: "AWS_MAX_ATTEMPTS", value: "5" },
    { name: "HOME", value: `${root}/scratch` },
  ];
}

/** As root it may read what the job's user has written, and nothing more; as anybody else it is as the pod says. */
function securityOf({ securityContext: { runAsUser, runAsNonRoot } = {}, containers }: IPodSpec): ISecurityContext {
  const isRoot = (runAsUser ?? 0) === 0 && runAsNonRoot !== true;
  const author = containers.map(({ securityContext }) => securityContext?.runAsUser).find((user) => user !== undefined);
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"], ...(isRoot && { add: ["DAC_OVERRIDE"] }) },
    // its image's user is root, which kubelet would refuse: who writes the files may read them too
    ...(runAsNonRoot === true && runAsUser === undefined && { runAsUser: author || 65_534 }),
  };
}
