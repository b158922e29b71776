import { between, each, oneOf, required } from "./checks.ts";
import { isObject, type JsonObject, objectOr } from "./json.ts";
import { checkName } from "./metadata.ts";
import { type Problem, problem } from "./status-errors.ts";

const hostPathTypes = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];

/** What each kind of volume has to say. Kinds that are not here are taken as they are. */
const sources: Record<string, (source: JsonObject, path: string) => Problem[]> = {
  hostPath: ({ path: hostPath, type }, path) => [
    ...required(hostPath, `${path}.path`),
    ...upwards(hostPath, `${path}.path`),
    ...oneOf(type, `${path}.type`, hostPathTypes),
  ],
  secret: ({ secretName, items, defaultMode }, path) => [
    ...required(secretName, `${path}.secretName`),
    ...checkFiles(items, defaultMode, path),
  ],
  configMap: ({ name, items, defaultMode }, path) => [
    ...required(name, `${path}.name`),
    ...checkFiles(items, defaultMode, path),
  ],
  downwardAPI: ({ items, defaultMode }, path) => [
    ...mode(defaultMode, `${path}.defaultMode`),
    ...each(items, path, ({ path: file }, field) => [
      ...required(file, `${field}.path`),
      ...upwards(file, `${field}.path`),
    ]),
  ],
  persistentVolumeClaim: ({ claimName }, path) => required(claimName, `${path}.claimName`),
  nfs: ({ server, path: directory }, path) => [
    ...required(server, `${path}.server`),
    ...required(directory, `${path}.path`),
  ],
};

export function checkVolume(volume: JsonObject, path: string): Problem[] {
  const { name, ...rest } = volume;
  const given = Object.entries(rest).filter(([, source]) => isObject(source));
  return [
    ...given
      .slice(1)
      .map(([source]) => problem.forbidden(`${path}.${source}`, "may not specify more than 1 volume type")),
    ...given.slice(0, 1).flatMap(([source, value]) => sources[source]?.(objectOr(value), `${path}.${source}`) ?? []),
    ...(name ? checkName(`${path}.name`, String(name), "label") : [problem.required(`${path}.name`)]),
  ];
}

/** Where containers mount volumes: by name, each path once, subpaths within the volume. */
export function checkMounts(mounts: readonly JsonObject[], path: string, volumes: ReadonlySet<unknown>): Problem[] {
  const paths = mounts.map(({ mountPath }) => mountPath);
  return each(mounts, path, ({ name, mountPath, subPath }, field) => [
    ...required(name, `${field}.name`),
    ...(name && !volumes.has(name) ? [problem.notFound(`${field}.name`, name)] : []),
    ...required(mountPath, `${field}.mountPath`),
    ...(mountPath && `${path}[${paths.indexOf(mountPath)}]` !== field
      ? [problem.invalid(`${field}.mountPath`, mountPath, "must be unique")]
      : []),
    ...(String(subPath ?? "").startsWith("/")
      ? [problem.invalid(`${field}.subPath`, subPath, "must be a relative path")]
      : []),
    ...upwards(subPath, `${field}.subPath`),
  ]);
}

function checkFiles(items: unknown, defaultMode: unknown, path: string): Problem[] {
  return [
    ...mode(defaultMode, `${path}.defaultMode`),
    ...each(items, `${path}.items`, ({ key, path: file, mode: own }, field) => [
      ...required(key, `${field}.key`),
      ...required(file, `${field}.path`),
      ...(String(file).startsWith("/") ? [problem.invalid(`${field}.path`, file, "must be a relative path")] : []),
      ...upwards(file, `${field}.path`),
      ...mode(own, `${field}.mode`),
    ]),
  ];
}

function upwards(path: unknown, field: string): Problem[] {
  return String(path ?? "")
    .split("/")
    .includes("..")
    ? [problem.invalid(field, path, "must not contain '..'")]
    : [];
}

function mode(value: unknown, field: string): Problem[] {
  const why = "must be a number between 0 and 0777 (octal), both inclusive";
  return between(value, field, 0, 0o777).map(() => problem.invalid(field, value, why));
}
