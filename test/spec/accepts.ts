type Schema = Record<string, unknown>;

/**
 * Where a value breaks a JSON Schema, as paths; empty when it does not. Knows the keywords our schemas use and throws
 * on any other, so that a new one cannot pass unnoticed.
 */
export function rejections(schema: Schema, value: unknown, path = "$"): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (annotations.has(keyword)) return [];
    const check = checks[keyword];
    if (check === undefined) throw new Error(`unknown keyword ${keyword} at ${path}`);
    return check(rule, value, path, schema);
  });
}

const annotations = new Set(["$schema", "$id", "title", "description", "default", "examples", "format"]);

type Check = (rule: unknown, value: unknown, path: string, schema: Schema) => string[];

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fails = (path: string, broken: boolean): string[] => (broken ? [path] : []);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const size = (value: unknown) => (isObject(value) ? Object.keys(value).length : (value as { length?: number })?.length);

const checks: Record<string, Check> = {
  type: (rule, value, path) => fails(path, !isOfType(rule as string, value)),
  const: (rule, value, path) => fails(path, !same(rule, value)),
  enum: (rule, value, path) => fails(path, !(rule as unknown[]).some((option) => same(option, value))),
  pattern: (rule, value, path) => fails(path, typeof value === "string" && !new RegExp(rule as string).test(value)),
  minimum: (rule, value, path) => fails(path, typeof value === "number" && value < (rule as number)),
  maximum: (rule, value, path) => fails(path, typeof value === "number" && value > (rule as number)),
  exclusiveMinimum: (rule, value, path) => fails(path, typeof value === "number" && value <= (rule as number)),
  minLength: (rule, value, path) => fails(path, typeof value === "string" && value.length < (rule as number)),
  minItems: (rule, value, path) => fails(path, Array.isArray(value) && value.length < (rule as number)),
  minProperties: (rule, value, path) => fails(path, isObject(value) && Number(size(value)) < (rule as number)),
  maxProperties: (rule, value, path) => fails(path, isObject(value) && Number(size(value)) > (rule as number)),
  anyOf: (rule, value, path) =>
    fails(
      path,
      (rule as Schema[]).every((option) => rejections(option, value, path).length > 0),
    ),
  required: (rule, value, path) =>
    isObject(value) ? (rule as string[]).filter((key) => !(key in value)).map((key) => `${path}.${key}`) : [],
  items: (rule, value, path) =>
    Array.isArray(value) ? value.flatMap((item, index) => rejections(rule as Schema, item, `${path}[${index}]`)) : [],
  propertyNames: (rule, value, path) =>
    isObject(value) ? Object.keys(value).flatMap((key) => rejections(rule as Schema, key, `${path}.${key}`)) : [],
  properties: (rule, value, path) =>
    isObject(value)
      ? Object.entries(rule as Record<string, Schema>).flatMap(([key, schema]) =>
          key in value ? rejections(schema, value[key], `${path}.${key}`) : [],
        )
      : [],
  additionalProperties: (rule, value, path, { properties = {} }) => {
    if (!isObject(value)) return [];
    const others = Object.keys(value).filter((key) => !(key in (properties as Schema)));
    if (rule === false) return others.map((key) => `${path}.${key}`);
    return others.flatMap((key) => rejections(rule as Schema, value[key], `${path}.${key}`));
  },
};

function isOfType(type: string, value: unknown): boolean {
  if (type === "object") return isObject(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}
