import { ApiError, type StatusDetails } from "../../cluster/api.ts";

interface Resource {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
}

/** A failure of validation: a field, what is wrong, and the reason as Status causes write it. */
export interface Problem {
  readonly field: string;
  readonly reason: `FieldValue${Reason | "TypeInvalid"}`;
  readonly message: string;
}

type Reason = "Required" | "Invalid" | "Forbidden" | "NotSupported" | "Duplicate" | "TooMany" | "TooLong" | "NotFound";

const made = (field: string, reason: Reason, message: string): Problem => ({
  field,
  reason: `FieldValue${reason}`,
  message,
});
const text = (value: unknown) => JSON.stringify(value);

/** Problems as field.ErrorList of apimachinery words them. */
export const problem = {
  required: (field: string, detail = "") =>
    made(field, "Required", detail === "" ? "Required value" : `Required value: ${detail}`),
  invalid: (field: string, value: unknown, detail: string) =>
    made(field, "Invalid", `Invalid value: ${text(value)}: ${detail}`),
  /** CEL rules on objects and arrays print no value. */
  rule: (field: string, message: string) => made(field, "Invalid", `Invalid value: ${message}`),
  forbidden: (field: string, detail: string) => made(field, "Forbidden", `Forbidden: ${detail}`),
  unsupported(field: string, value: unknown, allowed: readonly string[]) {
    const words = allowed.map((word) => `"${word}"`).join(", ");
    return made(field, "NotSupported", `Unsupported value: ${text(value)}: supported values: ${words}`);
  },
  notFound: (field: string, value: unknown) => made(field, "NotFound", `Not found: ${text(value)}`),
  duplicate: (field: string, value: unknown) => made(field, "Duplicate", `Duplicate value: ${text(value)}`),
  tooMany: (field: string, length: number, most: number) =>
    made(field, "TooMany", `Too many: ${length}: must have at most ${most} items`),
  tooLong: (field: string, most: number) => made(field, "TooLong", `Too long: may not be more than ${most} bytes`),
};

export const noSuchResource = () =>
  new ApiError(404, "NotFound", "the server could not find the requested resource", {});

export const badRequest = (message: string) => new ApiError(400, "BadRequest", message);

export const notFound = (kind: Resource, name: string) =>
  new ApiError(404, "NotFound", `${resourceName(kind)} "${name}" not found`, named(kind, name));

export const alreadyExists = (kind: Resource, name: string) =>
  new ApiError(409, "AlreadyExists", `${resourceName(kind)} "${name}" already exists`, named(kind, name));

export const conflict = (kind: Resource, name: string, why: string, subresource = "") =>
  new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resourceName(kind)}${subresource} "${name}": ${why}`,
    named({ ...kind, plural: `${kind.plural}${subresource}` }, name),
  );

export const modified = (kind: Resource, name: string) =>
  conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

export const forbidden = (kind: Resource, name: string, why: string, causes?: StatusDetails["causes"]) =>
  new ApiError(403, "Forbidden", `${resourceName(kind)} "${name}" is forbidden: ${why}`, {
    ...named(kind, name),
    ...(causes && { causes }),
  });

export const expired = (message: string) => new ApiError(410, "Expired", message);

export const unsupportedMediaType = (accepted: readonly string[]) =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

const mostProblems = 100;

/** 422 with every problem (of very many, the first): one by itself, several in brackets. */
export function invalid(kind: Omit<Resource, "plural">, name: string, all: readonly Problem[]): ApiError {
  // A hundred thousand bad labels would make an answer of a hundred megabytes
  const problems = all.slice(0, mostProblems);
  const lines = problems.map(({ field, message }) => `${field}: ${message}`);
  if (all.length > problems.length) lines.push(`and ${all.length - problems.length} more`);
  const text = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const title = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError(422, "Invalid", `${title} "${name}" is invalid: ${text}`, {
    ...(name !== "" && { name }),
    ...(kind.group !== "" && { group: kind.group }),
    kind: kind.kind,
    causes: problems.map(({ field, reason, message }) => ({ reason, message, field })),
  });
}

function named(kind: Resource, name: string) {
  return { name, ...(kind.group !== "" && { group: kind.group }), kind: kind.plural };
}

/** `pods`, `jobs.batch`: how messages name a resource. */
function resourceName(kind: Resource): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}
