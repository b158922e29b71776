import { arrayOr, type JsonObject, objectOr } from "./json.ts";

const operators: Record<string, string> = { In: " in ", NotIn: " notin ", Exists: "", DoesNotExist: "!" };

/** A LabelSelector as text, such as `app=web,tier in (a,b)`. */
export function selectorText(selector: unknown): string {
  if (selector === undefined) return "<none>";
  const { matchLabels, matchExpressions } = objectOr(selector);
  const equal = Object.entries(objectOr(matchLabels)).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...arrayOr(matchExpressions).map(requirementText)].sort().join(",") || "<none>";
}

function requirementText({ key, operator, values }: JsonObject): string {
  const how = operators[String(operator)] ?? "";
  if (how === "!") return `!${key}`;
  return how === "" ? String(key) : `${key}${how}(${[...arrayOr<string>(values)].sort().join(",")})`;
}
