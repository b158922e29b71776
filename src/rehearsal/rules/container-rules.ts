import { arrayOr, isObject, objectOr } from "../core/json.ts";
import { problem } from "../core/status-errors.ts";
import {
  all,
  atLeast,
  between,
  type Check,
  configKey,
  fields,
  filled,
  items,
  matching,
  mostInt,
  must,
  named,
  needed,
  oneOf,
  unique,
} from "./checks.ts";
import { resources } from "./resource-rules.ts";
import { volumeMounts } from "./volume-rules.ts";

const port = fields({
  name: all(
    must((name) => String(name).length <= 15, "must be no more than 15 characters"),
    matching(/^[-a-z0-9]+$/, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
    matching(/[a-z]/, "must contain at least one letter (a-z)"),
    must((name) => !String(name).includes("--"), "must not contain consecutive hyphens"),
    must((name) => !/^-|-$/.test(String(name)), "must not begin or end with a hyphen"),
  ),
  containerPort: filled(between(1, 65_535)),
  hostPort: (value, ...at) => (value ? between(1, 65_535)(value, ...at) : []),
  protocol: oneOf("SCTP", "TCP", "UDP"),
});

const envText = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const keyRef = fields({ name: needed(), key: filled(configKey) });
const fieldPaths =
  /^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;
/** Fields that pods can be selected by, but not told to their containers. */
const otherFields = /^(metadata\.(labels|annotations)|spec\.(restartPolicy|schedulerName)|status\.phase)$/;
const toldFields = [
  ...["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"],
  ...["status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"],
];
const knownField: Check = (path, at, ...around) =>
  otherFields.test(String(path))
    ? [problem.unsupported(at, path, toldFields)]
    : matching(fieldPaths, `error converting fieldPath: field label not supported: ${path}`)(path, at, ...around);

const twice = "may not have more than one field specified at a time";

const oneSource: Check = (source, path, { value }) => {
  const none = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
  const count = Object.keys(objectOr(source)).length;
  if (count === 0) return isObject(source) ? [problem.invalid(path, "", none)] : [];
  return [
    ...(value ? [problem.invalid(path, "", "may not be specified when `value` is not empty")] : []),
    ...(count > 1 ? [problem.invalid(path, "", twice)] : []),
  ];
};

const env = fields({
  name: filled(matching(/^[ -<>-~]+$/, envText)),
  valueFrom: all(
    fields({ configMapKeyRef: keyRef, secretKeyRef: keyRef, fieldRef: fields({ fieldPath: filled(knownField) }) }),
    oneSource,
  ),
});

const reference = fields({ name: needed() });
const references = fields({ configMapRef: reference, secretRef: reference });
const envFrom: Check = (source, path, ...around) => {
  const { configMapRef, secretRef } = objectOr(source);
  if (isObject(configMapRef) && isObject(secretRef)) return [problem.invalid(path, "", twice)];
  if (!isObject(configMapRef) && !isObject(secretRef))
    return [problem.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")];
  return references(source, path, ...around);
};

const exec = fields({ command: (command, path) => (arrayOr(command).length > 0 ? [] : [problem.required(path)]) });
const oneOfHandlers =
  (names: readonly string[]): Check =>
  (value, path) => {
    if (!isObject(value)) return [];
    const given = names.filter((name) => value[name] !== undefined);
    if (given.length === 0) return [problem.required(path, "must specify a handler type")];
    return given
      .slice(1)
      .map((name) => problem.forbidden(`${path}.${name}`, "may not specify more than 1 handler type"));
  };
const probe = all(
  oneOfHandlers(["exec", "httpGet", "tcpSocket", "grpc"]),
  fields({
    initialDelaySeconds: atLeast(0),
    timeoutSeconds: atLeast(0),
    periodSeconds: atLeast(0),
    successThreshold: atLeast(0),
    failureThreshold: atLeast(0),
    exec,
  }),
);
/** Once is enough to be alive, and to have started. */
const once = all(
  probe,
  fields({ successThreshold: (count, path) => (Number(count) > 1 ? [problem.invalid(path, count, "must be 1")] : []) }),
);
const hook = all(oneOfHandlers(["exec", "httpGet", "tcpSocket", "sleep"]), fields({ exec }));

/** A container of a pod, an init container too. */
export const container = fields({
  name: filled(named("label")),
  image: filled(must((image) => String(image).trim() === image, "must not have leading or trailing whitespace")),
  terminationMessagePolicy: matching(/^(File|FallbackToLogsOnError)$/, "must be 'File' or 'FallbackToLogsOnError'"),
  ports: all(unique("name"), items(port)),
  env: items(env),
  envFrom: items(envFrom),
  volumeMounts,
  imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  resources,
  securityContext: all(
    fields({ runAsUser: between(0, mostInt), runAsGroup: between(0, mostInt) }),
    must((context) => {
      const { allowPrivilegeEscalation, privileged } = objectOr(context);
      return allowPrivilegeEscalation !== false || privileged !== true;
    }, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"),
  ),
  lifecycle: fields({ postStart: hook, preStop: hook }),
  livenessProbe: once,
  readinessProbe: probe,
  startupProbe: once,
});
