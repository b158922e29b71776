import { arrayOr, isObject, objectOr } from "../core/json.ts";
import { problem } from "../core/status-errors.ts";
import {
  all,
  between,
  type Check,
  fields,
  filled,
  items,
  matching,
  must,
  named,
  needed,
  oneOf,
  unique,
} from "./checks.ts";

const pathTypes = ["BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
const notUpwards = must((path) => !String(path).split("/").includes(".."), "must not contain '..'");
const relative = all(matching(/^[^/]/, "must be a relative path"), notUpwards);
const mode: Check = (value, path, ...around) => {
  const why = "must be a number between 0 and 0777 (octal), both inclusive";
  return between(0, 0o777)(value, path, ...around).map(() => problem.invalid(path, value, why));
};
const files = {
  defaultMode: mode,
  items: items(fields({ key: needed(), path: filled(relative), mode })),
};

const onlyOne: Check = (volume, path) => {
  const sources = Object.entries(objectOr(volume)).filter(([, source]) => isObject(source));
  const why = "may not specify more than 1 volume type";
  return sources.slice(1).map(([source]) => problem.forbidden(`${path}.${source}`, why));
};

/** A volume of a pod. Sources that are not here are taken as they are. */
export const volume = all(
  onlyOne,
  fields({
    hostPath: fields({ path: filled(notUpwards), type: oneOf("", ...pathTypes) }),
    secret: fields({ secretName: needed(), ...files }),
    configMap: fields({ name: needed(), ...files }),
    downwardAPI: fields({ defaultMode: mode, items: items(fields({ path: filled(notUpwards) })) }),
    persistentVolumeClaim: fields({ claimName: needed() }),
    nfs: fields({ server: needed(), path: needed() }),
    name: filled(named("label")),
  }),
);

const ofPod: Check = (name, path, _, pod) =>
  arrayOr(pod["volumes"]).some((one) => one["name"] === name) ? [] : [problem.notFound(path, name)];

/** Where a container mounts volumes: by name, each path once, subpaths within the volume. */
export const volumeMounts = all(
  items(fields({ name: filled(ofPod), mountPath: needed(), subPath: relative })),
  unique("mountPath", (path, value) => problem.invalid(path, value, "must be unique")),
);
