import { quantityOf } from "../../kernel/quantity.ts";
import { atLeast, between, each, mostInt, oneOf, required } from "./checks.ts";
import { arrayOr, isObject, type JsonObject, objectOr } from "./json.ts";
import { checkName } from "./metadata.ts";
import { type Problem, problem } from "./status-errors.ts";
import { checkMounts } from "./volume-rules.ts";

const envText = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const keyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** All that is wrong with a container, an init container too, whose pod has these volumes. */
export function checkContainer(container: JsonObject, path: string, volumes: ReadonlySet<unknown>): Problem[] {
  const { name, image } = container;
  const policy = container["terminationMessagePolicy"];
  return [
    ...(name ? checkName(`${path}.name`, String(name), "label") : [problem.required(`${path}.name`)]),
    ...required(image, `${path}.image`),
    ...(image && String(image).trim() !== image
      ? [problem.invalid(`${path}.image`, image, "must not have leading or trailing whitespace")]
      : []),
    ...(policy === undefined || policy === "File" || policy === "FallbackToLogsOnError"
      ? []
      : [problem.invalid(`${path}.terminationMessagePolicy`, policy, "must be 'File' or 'FallbackToLogsOnError'")]),
    ...checkPorts(container["ports"], `${path}.ports`),
    ...each(container["env"], `${path}.env`, checkEnv),
    ...each(container["envFrom"], `${path}.envFrom`, checkEnvFrom),
    ...checkMounts(arrayOr(container["volumeMounts"]), `${path}.volumeMounts`, volumes),
    ...oneOf(container["imagePullPolicy"], `${path}.imagePullPolicy`, ["Always", "IfNotPresent", "Never"]),
    ...checkResources(objectOr(container["resources"]), `${path}.resources`),
    ...checkSecurity(objectOr(container["securityContext"]), `${path}.securityContext`),
    ...["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) =>
      isObject(container[probe]) ? checkProbe(container[probe], `${path}.${probe}`) : [],
    ),
  ];
}

function checkPorts(ports: unknown, path: string): Problem[] {
  const names = arrayOr(ports).map(({ name }) => name);
  return each(ports, path, ({ name, containerPort, hostPort, protocol }, field) => [
    ...(name && `${path}[${names.indexOf(name)}]` !== field ? [problem.duplicate(`${field}.name`, name)] : []),
    ...(name ? checkPortName(String(name), `${field}.name`) : []),
    ...(containerPort
      ? between(containerPort, `${field}.containerPort`, 1, 65_535)
      : [problem.required(`${field}.containerPort`)]),
    ...(hostPort ? between(hostPort, `${field}.hostPort`, 1, 65_535) : []),
    ...oneOf(protocol, `${field}.protocol`, ["SCTP", "TCP", "UDP"]),
  ]);
}

function checkPortName(name: string, field: string): Problem[] {
  const wrong: readonly (readonly [boolean, string])[] = [
    [name.length > 15, "must be no more than 15 characters"],
    [!/^[-a-z0-9]+$/.test(name), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"],
    [!/[a-z]/.test(name), "must contain at least one letter (a-z)"],
    [name.includes("--"), "must not contain consecutive hyphens"],
    [/^-|-$/.test(name), "must not begin or end with a hyphen"],
  ];
  return wrong.flatMap(([is, why]) => (is ? [problem.invalid(field, name, why)] : []));
}

function checkEnv({ name, value, valueFrom }: JsonObject, path: string): Problem[] {
  return [
    ...required(name, `${path}.name`),
    ...(name && !/^[ -<>-~]+$/.test(String(name)) ? [problem.invalid(`${path}.name`, name, envText)] : []),
    ...(isObject(valueFrom) ? checkSource(valueFrom, value, `${path}.valueFrom`) : []),
  ];
}

function checkSource(source: JsonObject, value: unknown, path: string): Problem[] {
  const none = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
  const given = Object.entries(source);
  const keyRef = objectOr(source["configMapKeyRef"] ?? source["secretKeyRef"]);
  const at = `${path}.${source["configMapKeyRef"] ? "configMapKeyRef" : "secretKeyRef"}`;
  const isKeyed = source["configMapKeyRef"] !== undefined || source["secretKeyRef"] !== undefined;
  return [
    ...(isKeyed ? [...required(keyRef["name"], `${at}.name`), ...checkConfigKey(keyRef["key"], `${at}.key`)] : []),
    ...(isObject(source["fieldRef"])
      ? checkFieldPath(source["fieldRef"]["fieldPath"], `${path}.fieldRef.fieldPath`)
      : []),
    ...(given.length === 0 ? [problem.invalid(path, "", none)] : []),
    ...(given.length > 0 && value ? [problem.invalid(path, "", "may not be specified when `value` is not empty")] : []),
    ...(given.length > 1 ? [problem.invalid(path, "", "may not have more than one field specified at a time")] : []),
  ];
}

function checkConfigKey(key: unknown, field: string): Problem[] {
  if (!key) return [problem.required(field)];
  return /^[-._a-zA-Z0-9]+$/.test(String(key)) ? [] : [problem.invalid(field, key, keyText)];
}

const fieldPaths =
  /^(metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;

function checkFieldPath(path: unknown, field: string): Problem[] {
  if (!path) return [problem.required(field)];
  const why = `error converting fieldPath: field label not supported: ${path}`;
  return fieldPaths.test(String(path)) ? [] : [problem.invalid(field, path, why)];
}

function checkEnvFrom({ configMapRef, secretRef }: JsonObject, path: string): Problem[] {
  const refs = Object.entries({ configMapRef, secretRef }).filter(([, ref]) => isObject(ref));
  if (refs.length > 1) return [problem.invalid(path, "", "may not have more than one field specified at a time")];
  const [ref] = refs;
  if (ref === undefined) return [problem.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")];
  return required(objectOr(ref[1])["name"], `${path}.${ref[0]}.name`);
}

function checkSecurity(context: JsonObject, path: string): Problem[] {
  const why = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
  return [
    ...between(context["runAsUser"], `${path}.runAsUser`, 0, mostInt),
    ...between(context["runAsGroup"], `${path}.runAsGroup`, 0, mostInt),
    ...(context["allowPrivilegeEscalation"] === false && context["privileged"] === true
      ? [problem.invalid(path, context, why)]
      : []),
  ];
}

function checkProbe(probe: JsonObject, path: string): Problem[] {
  const handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter((name) => probe[name] !== undefined);
  const numbers = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];
  return [
    ...(handlers.length === 0 ? [problem.required(path, "must specify a handler type")] : []),
    ...handlers
      .slice(1)
      .map((name) => problem.forbidden(`${path}.${name}`, "may not specify more than 1 handler type")),
    ...numbers.flatMap((field) => atLeast(probe[field], `${path}.${field}`, 0)),
  ];
}

function checkResources(resources: JsonObject, path: string): Problem[] {
  const limits = objectOr(resources["limits"]);
  const requests = objectOr(resources["requests"]);
  return [
    ...Object.entries(limits).flatMap(([name, amount]) => checkAmount(name, amount, `${path}.limits`)),
    ...Object.entries(requests).flatMap(([name, amount]) => [
      ...checkAmount(name, amount, `${path}.requests`),
      ...checkAgainstLimit(name, amount, limits[name], path),
    ]),
  ];
}

const standardResources = ["cpu", "memory", "ephemeral-storage"];
const isOvercommitable = (name: string) => standardResources.includes(name);

function checkAmount(name: string, amount: unknown, path: string): Problem[] {
  const value = quantityOf(amount as string) ?? 0;
  const field = `${path}[${name}]`;
  if (!name.includes("/") && !standardResources.includes(name) && !name.startsWith("hugepages-")) {
    return [
      problem.invalid(field, name, "must be a standard resource type or fully qualified"),
      problem.invalid(field, name, "must be a standard resource for containers"),
    ];
  }
  if (value < 0) return [problem.invalid(field, String(amount), "must be greater than or equal to 0")];
  return isOvercommitable(name) || Number.isInteger(value)
    ? []
    : [problem.invalid(field, amount, "must be an integer")];
}

function checkAgainstLimit(name: string, request: unknown, limit: unknown, path: string): Problem[] {
  const asked = quantityOf(request as string) ?? 0;
  const most = limit === undefined ? undefined : quantityOf(limit as string);
  const field = `${path}.requests`;
  if (most === undefined) {
    const why = "Limit must be set for non overcommitable resources";
    return isOvercommitable(name) ? [] : [problem.required(`${path}.limits`, why)];
  }
  const text = String(request);
  if (!isOvercommitable(name) && asked !== most)
    return [problem.invalid(field, text, `must be equal to ${name} limit of ${limit}`)];
  return asked > most ? [problem.invalid(field, text, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}
