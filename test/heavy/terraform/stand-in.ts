import type { Json } from "../../synth/terraform/documents.ts";

// The AWS provider is not here, but the engine has a provider of its own with one resource, `terraform_data`, that
// keeps what it is given. With that in every resource's place the engine itself reads every expression, decides every
// `count` and `for_each`, orders the graph, applies and destroys. What it cannot tell is whether AWS takes the values.

/** A document with `terraform_data` in place of each AWS resource, and constants in place of each data source. */
export function standIn(document: Json): Json {
  const { terraform: _, provider: __, data = {}, resource = {}, locals = {}, ...rest } = document;
  const { aws_iam_policy_document = {}, ...constant } = data;
  const made = { ...resource, aws_iam_policy_document };
  const blocks = entriesOf(made).map(([type, name, block]) => [nameOf(type, name), stand(block)]);
  const constants = entriesOf(constant).map(([type, name]) => [`data_${nameOf(type, name)}`, facts]);
  return rewritten(
    {
      ...rest,
      locals: { ...locals, ...Object.fromEntries(constants) },
      ...(blocks.length > 0 && { resource: { terraform_data: Object.fromEntries(blocks) } }),
    },
    resource,
  );
}

const entriesOf = (blocks: Json): [type: string, name: string, block: Json][] =>
  Object.entries<Json>(blocks).flatMap(([type, named]) =>
    Object.entries<Json>(named).map(([name, block]): [string, string, Json] => [type, name, block]),
  );

const nameOf = (type: string, name: string) => `${type}__${name}`;

function stand({ "//": _, for_each, count, depends_on, lifecycle: __, dynamic, ...input }: Json): Json {
  const repeated = Object.values<Json>(dynamic ?? {}).map((block) => block.for_each);
  return {
    ...(for_each !== undefined && { for_each }),
    ...(count !== undefined && { count }),
    ...(depends_on !== undefined && { depends_on }),
    input: { ...input, ...(repeated.length > 0 && { repeated }) },
  };
}

/** The account, region and caller of the stand-in. */
export const caller = "arn:aws:iam::123456789012:role/deployer";

const facts = {
  ...{ account_id: "123456789012", arn: caller, issuer_arn: caller },
  ...{ partition: "aws", region: "us-east-1", version: "v1" },
};

/** References as the stand-ins have them: what was given is known at once, everything else once it is made. */
function rewritten(value: Json, resource: Json): Json {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, resource));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [rewritten(key, resource), rewritten(one, resource)]),
    );
  if (typeof value !== "string") return value;
  return value
    .replace(/\bdata\.(aws_iam_policy_document\.)/g, "$1")
    .replace(/\bdata\.(aws_\w+)\.(\w+)/g, "local.data_$1__$2")
    .replace(/\beach\.value\.(\w+)/g, "each.value.input.$1")
    .replace(/\b(group|table|subnet|address)\.(arn|id|public_ip)\b/g, "$1.id")
    .replace(
      /(?<![\w/_.-])(aws_[a-z0-9_]+)\.(\w+)(\[[^\]]*(?:\[[^\]]*\])?[^\]]*\])?((?:\.\w+(?:\[0\])?)*)/g,
      (_, type, name, index = "", path = "") => {
        const attribute = /^\.(\w+)/.exec(path)?.[1];
        const isGiven = attribute !== undefined && !path.includes("[") && attribute in (resource[type]?.[name] ?? {});
        const end = attribute === undefined ? "" : isGiven ? `.input${path}` : ".id";
        return `terraform_data.${nameOf(type, name)}${index}${end}`;
      },
    );
}
