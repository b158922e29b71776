import { quantityOf } from "../../kernel/quantity.ts";
import { arrayOr, isObject, type JsonObject, objectOr } from "./json.ts";
import { checkKey, checkLabels, checkName } from "./metadata.ts";
import { badRequest, type Problem, problem } from "./status-errors.ts";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** All that is wrong with a pod spec at `path`, as k8s.io/kubernetes/pkg/apis/core/validation words it. */
export function checkPodSpec(spec: JsonObject, path: string): Problem[] {
  const volumes = arrayOr(spec["volumes"]);
  const containers = arrayOr(spec["containers"]);
  const names = new Set(volumes.map(({ name }) => name));
  const check = (field: string) =>
    arrayOr(spec[field]).flatMap((container, index) => checkContainer(container, `${path}.${field}[${index}]`, names));
  return [
    ...checkUnique(volumes, `${path}.volumes`),
    ...(containers.length === 0 ? [problem.required(`${path}.containers`)] : []),
    ...check("containers"),
    ...check("initContainers"),
    ...checkUnique(containers, `${path}.containers`),
    ...checkUnique(arrayOr(spec["initContainers"]), `${path}.initContainers`),
    ...oneOf(spec["restartPolicy"], `${path}.restartPolicy`, ["Always", "OnFailure", "Never"]),
    ...oneOf(spec["dnsPolicy"], `${path}.dnsPolicy`, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]),
    ...atLeast(spec["terminationGracePeriodSeconds"], `${path}.terminationGracePeriodSeconds`, 0),
    ...deadline(spec["activeDeadlineSeconds"], `${path}.activeDeadlineSeconds`),
    ...checkLabels(`${path}.nodeSelector`, objectOr(spec["nodeSelector"])),
    ...arrayOr(spec["tolerations"]).flatMap((one, index) => checkToleration(one, `${path}.tolerations[${index}]`)),
  ];
}

export function checkTaints(taints: unknown, path: string): Problem[] {
  return arrayOr(taints).flatMap(({ key, value, effect }, index) => [
    ...(key ? checkKey(`${path}[${index}].key`, String(key)) : [problem.required(`${path}[${index}].key`)]),
    ...(value ? checkLabels(`${path}[${index}].value`, { [String(key)]: value }) : []),
    ...(effect ? oneOf(effect, `${path}[${index}].effect`, effects) : [problem.required(`${path}[${index}].effect`)]),
  ]);
}

/** Text where the API has text; numbers and booleans there fail to decode (400). Quantities must be such. */
export function decodePodSpec(spec: JsonObject, kind: string, version: string): void {
  const refuse = (why: string) => badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  const text = (value: unknown, field: string) => {
    if (value === undefined || value === null || typeof value === "string") return;
    const type = typeof value === "boolean" ? "bool" : Array.isArray(value) ? "array" : typeof value;
    throw refuse(`json: cannot unmarshal ${type} into Go struct field ${field} of type string`);
  };
  for (const container of [...arrayOr(spec["initContainers"]), ...arrayOr(spec["containers"])]) {
    if (!isObject(container))
      throw refuse("json: cannot unmarshal into Go struct field PodSpec.containers of type v1.Container");
    text(container["image"], "Container.spec.containers.image");
    for (const { value } of arrayOr(container["env"])) text(value, "EnvVar.spec.containers.env.value");
    for (const field of ["command", "args"])
      for (const word of arrayOr<unknown>(container[field])) text(word, `Container.spec.containers.${field}`);
    const { requests, limits } = objectOr(container["resources"]);
    for (const amount of [...Object.values(objectOr(requests)), ...Object.values(objectOr(limits))]) {
      if (quantityOf(amount as string) === undefined) {
        throw refuse("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      }
    }
  }
}

function checkContainer(container: JsonObject, path: string, volumes: ReadonlySet<unknown>): Problem[] {
  const { name, image } = container;
  return [
    ...(name ? checkName(`${path}.name`, String(name), "label") : [problem.required(`${path}.name`)]),
    ...(image ? [] : [problem.required(`${path}.image`)]),
    ...oneOf(container["imagePullPolicy"], `${path}.imagePullPolicy`, ["Always", "IfNotPresent", "Never"]),
    ...arrayOr(container["ports"]).flatMap((port, index) => checkPort(port, `${path}.ports[${index}]`)),
    ...arrayOr(container["env"]).flatMap((entry, index) =>
      entry["name"] ? [] : [problem.required(`${path}.env[${index}].name`)],
    ),
    ...checkMounts(arrayOr(container["volumeMounts"]), `${path}.volumeMounts`, volumes),
    ...checkResources(objectOr(container["resources"]), `${path}.resources`),
  ];
}

function checkPort({ containerPort, protocol }: JsonObject, path: string): Problem[] {
  const field = `${path}.containerPort`;
  if (containerPort === undefined) return [problem.required(field)];
  const isPort = Number.isInteger(containerPort) && Number(containerPort) >= 1 && Number(containerPort) <= 65_535;
  const range = isPort ? [] : [problem.invalid(field, containerPort, "must be between 1 and 65535, inclusive")];
  return [...range, ...oneOf(protocol, `${path}.protocol`, ["SCTP", "TCP", "UDP"])];
}

function checkMounts(mounts: readonly JsonObject[], path: string, volumes: ReadonlySet<unknown>): Problem[] {
  const paths = mounts.map(({ mountPath }) => mountPath);
  return mounts.flatMap(({ name, mountPath }, index) => [
    ...(name ? [] : [problem.required(`${path}[${index}].name`)]),
    ...(name && !volumes.has(name) ? [problem.notFound(`${path}[${index}].name`, name)] : []),
    ...(mountPath ? [] : [problem.required(`${path}[${index}].mountPath`)]),
    ...(mountPath && paths.indexOf(mountPath) < index
      ? [problem.invalid(`${path}[${index}].mountPath`, mountPath, "must be unique")]
      : []),
  ]);
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
  const [asked, most] = [
    quantityOf(request as string) ?? 0,
    limit === undefined ? undefined : quantityOf(limit as string),
  ];
  const field = `${path}.requests`;
  if (most === undefined) {
    return isOvercommitable(name)
      ? []
      : [problem.required(`${path}.limits`, "Limit must be set for non overcommitable resources")];
  }
  const text = String(request);
  if (!isOvercommitable(name) && asked !== most)
    return [problem.invalid(field, text, `must be equal to ${name} limit of ${limit}`)];
  return asked > most ? [problem.invalid(field, text, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

function checkUnique(items: readonly JsonObject[], path: string): Problem[] {
  const names = items.map(({ name }) => name);
  return items.flatMap(({ name }, index) =>
    name && names.indexOf(name) < index ? [problem.duplicate(`${path}[${index}].name`, name)] : [],
  );
}

function checkToleration({ key, operator, value, effect }: JsonObject, path: string): Problem[] {
  const exists = operator === "Exists";
  return [
    ...(key ? checkKey(`${path}.key`, String(key)) : []),
    ...(!key && !exists
      ? [
          problem.invalid(
            `${path}.operator`,
            operator ?? "",
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        ]
      : []),
    ...(exists && value
      ? [problem.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")]
      : []),
    ...oneOf(operator || undefined, `${path}.operator`, ["Equal", "Exists"]),
    ...oneOf(effect || undefined, `${path}.effect`, effects),
  ];
}

export function oneOf(value: unknown, field: string, allowed: readonly string[]): Problem[] {
  return value === undefined || allowed.includes(value as string) ? [] : [problem.unsupported(field, value, allowed)];
}

export function atLeast(value: unknown, field: string, least: number): Problem[] {
  return value === undefined || Number(value) >= least
    ? []
    : [problem.invalid(field, value, `must be greater than or equal to ${least}`)];
}

function deadline(value: unknown, field: string): Problem[] {
  const inRange = value === undefined || (Number(value) >= 1 && Number(value) <= 2_147_483_647);
  return inRange ? [] : [problem.invalid(field, value, "must be between 1 and 2147483647, inclusive")];
}
